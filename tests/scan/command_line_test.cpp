#include "scan/command_line.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

#include "scan/temporary_folder.hpp"
#include "text/words.hpp"

using namespace cloudhijack;
using Arguments = std::vector<std::string>;

namespace {

scan::ScanJob job_of(const Arguments& arguments) {
    const auto asked = scan::read_command_line(arguments);
    REQUIRE(asked);
    REQUIRE(std::holds_alternative<scan::ScanJob>(*asked));
    return std::get<scan::ScanJob>(*asked);
}

std::string help_of(const Arguments& arguments) {
    const auto asked = scan::read_command_line(arguments);
    REQUIRE(asked);
    REQUIRE(std::holds_alternative<scan::Help>(*asked));
    return std::get<scan::Help>(*asked).text;
}

// The error of a command line without a path, so that a mistake in an option must come first.
std::string error_of(const Arguments& arguments) {
    const auto asked = scan::read_command_line(arguments);
    return asked ? "no error" : text::joined(asked.error(), "\n");
}

constexpr std::string_view k_own_service =
    "[service:translate]\nsource = translate\nvolume = TranslateText\n";

}  // namespace

TEST_CASE("command line: paths and switches in any order") {
    const auto job = job_of({"a", "--format", "csv", "--fail-on-findings", "-", "--raw-csv", "b",
                             "--threads=3", "--min-score", "2", "--ses-threshold=5"});
    CHECK(job.paths == Arguments{"a", "-", "b"});
    CHECK(job.form.format == output::Format::csv);
    CHECK(job.form.fail_on_findings);
    CHECK(job.form.raw_csv);
    CHECK(job.form.output_path.empty());
    CHECK(job.threads == 3);
    CHECK(job.config.volume.min_score == 2);
    CHECK(job_of({"--", "--help"}).paths == Arguments{"--help"});
    CHECK(job_of({"a"}).threads >= 1);
}

TEST_CASE("command line: a range of time") {
    const auto job = job_of({"a", "--from=2026-03-10", "--to", "2026-03-11T11:45"});
    CHECK(in_words(job.range) == "2026-03-10T00:00:00Z to 2026-03-11T11:45:00Z");
    const auto now = std::chrono::system_clock::now();
    const auto recent = job_of({"a", "--from", "7d"}).range;
    REQUIRE(recent.from);
    CHECK(*recent.from >=
          std::chrono::floor<std::chrono::microseconds>(now) - std::chrono::days{7});
    CHECK_FALSE(recent.to);
}

TEST_CASE("command line: defaults") {
    const auto job = job_of({"a"});
    CHECK(job.form.format == output::Format::table);
    CHECK_FALSE(job.form.raw_csv);
    CHECK_FALSE(job.form.fail_on_findings);
    CHECK(job.config.mode == config::Mode::volume);
    CHECK(job.range.is_unlimited());
    CHECK(error_of({}).contains("a file, a folder or -"));
}

TEST_CASE("command line: the mode decides which options fit, in any order") {
    const auto baseline = job_of({"a", "--mode=baseline"});
    CHECK(baseline.form.format == output::Format::csv);
    CHECK(baseline.form.raw_csv);
    CHECK(job_of({"a", "--min-risk", "5", "--mode=hunt"}).config.hunt.min_risk == 5);
    CHECK(error_of({"a", "--min-risk", "5"})
              .contains("--min-risk: not used in mode volume; it belongs to mode hunt"));
    CHECK(error_of({"a", "--mode=baseline", "--format=table"})
              .contains("; it accepts csv or ndjson"));
    CHECK(error_of({"a", "--mode=coverage", "--fail-on-findings"}).contains("has no findings"));
}

TEST_CASE("command line: an error names the option and the accepted values") {
    CHECK(error_of({"--format", "xml"})
              .contains("--format: invalid value \"xml\"; it accepts table, csv, ndjson or html"));
    CHECK(error_of({"--from", "soon"}).starts_with("option --from: invalid value \"soon\"; it "));
    CHECK(error_of({"--to=2026-02-30"}).starts_with("option --to: invalid value \"2026-02-30\""));
    CHECK(error_of({"--threads", "0"})
              .contains("--threads: invalid value \"0\"; it accepts a whole number from 1 to 256"));
    CHECK(error_of({"--threads", "x"}).contains("--threads: invalid value \"x\"; it accepts"));
    CHECK(error_of({"--min-score", "7"})
              .contains("--min-score: invalid value \"7\"; it accepts a whole number from 0 to 6"));
    CHECK(error_of({"--spam"}).contains("--spam"));
    CHECK(error_of({"--min-sc", "1"}).contains("--min-sc"));
    CHECK(error_of({"--span"}).contains("--span"));
    CHECK(error_of({"--min-score", "1", "--min-score", "2"}).contains("--min-score"));
    CHECK(error_of({"--input", "raw"}).contains("--input"));
    CHECK(error_of({"--spam"}).ends_with("; see cloudhijack scan --help"));
}

TEST_CASE("command line: the conf file is read before the other options") {
    const scan::TemporaryFolder folder;
    const std::string own = folder.write("own.conf", k_own_service);
    const std::string other = folder.write("other.conf", "[defaults]\nmin_score = 4\n");
    CHECK(job_of({"a", "--translate-threshold=1", "--config", own}).paths == Arguments{"a"});
    CHECK(job_of({"a", "--config=" + other}).config.volume.min_score == 4);
    CHECK(job_of({"a", "--config", ""}).config.volume.min_score == 0);
    CHECK(error_of({"a", "--translate-threshold=1"}).contains("--translate-threshold"));
    CHECK(job_of({"--", "--config=" + other}).config.volume.min_score == 0);
    CHECK(error_of({"a", "--config", own, "--config", other}).contains("more than once"));
    CHECK(error_of({"a", "--config"}).contains("--config' is missing"));
}

TEST_CASE("command line: mistakes in a conf file end the scan, and all are reported") {
    const scan::TemporaryFolder folder;
    const std::string bad = folder.write("bad.conf", "[defaults]\nspan = soon\nspam = 1\n");
    const auto asked = scan::read_command_line(Arguments{"a", "--nonsense", "--config", bad});
    REQUIRE_FALSE(asked);
    REQUIRE(asked.error().size() == 2);
    CHECK(asked.error()[1].starts_with(bad + ":3: [defaults] spam"));
    CHECK(error_of({"a", "--config", folder.path() / "missing"}).contains("cannot be read"));
}

TEST_CASE("command line: help takes precedence over all other arguments") {
    const scan::TemporaryFolder folder;
    const std::string own = folder.write("own.conf", k_own_service);
    CHECK(help_of({"-h"}) == help_of({"a", "--nonsense", "--min-score", "--help"}));
    CHECK(help_of({"--help", "--help"}) == help_of({"--config", "--help"}));
    CHECK(help_of({"--config=" + own, "--help"}).contains("--translate-threshold"));
    CHECK(help_of({"--config", folder.path() / "missing", "-h"}) == help_of({"-h"}));
}

TEST_CASE("command line: an option that can be given more than once") {
    const auto job = job_of({"--mode=hunt", "--geoip", "b.mmdb", "a", "--geoip=a.mmdb"});
    CHECK(job.config.geoip_files == Arguments{"b.mmdb", "a.mmdb"});
    CHECK(job_of({"a"}).config.geoip_files.empty());
    CHECK(error_of({"--mode=hunt", "--geoip="}).contains("--geoip"));
    CHECK(error_of({"--geoip=a.mmdb"}).contains("mode volume"));
    CHECK(error_of({"--mode=hunt", "--geoip"}).contains("--geoip"));
}
