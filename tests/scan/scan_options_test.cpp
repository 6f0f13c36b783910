#include "scan/scan_options.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/setup_for_tests.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using Arguments = std::vector<std::string>;

namespace {

Result<scan::ScanOptions> read(const Arguments& arguments) {
    static const config::Setup setup = setup_with();
    return scan::read_scan_arguments(arguments, setup);
}

std::string error_of(const Arguments& arguments) {
    const auto options = read(arguments);
    return options ? "no error" : options.error().text;
}

}  // namespace

TEST_CASE("scan options: paths and switches in any order") {
    const auto options = read({"a", "--format", "csv", "--fail-on-findings", "-", "--raw-csv", "b",
                               "--threads=3", "--min-score", "2", "--ses-threshold=5"});
    REQUIRE(options);
    CHECK(options->paths == Arguments{"a", "-", "b"});
    CHECK(options->format == output::Format::csv);
    CHECK(options->fail_on_findings);
    CHECK(options->raw_csv);
    CHECK(options->threads == 3);
    CHECK(options->config.volume.min_score == 2);
    CHECK(read({"--", "--help"})->paths == Arguments{"--help"});
    CHECK(read({})->threads >= 1);
}

TEST_CASE("scan options: mistakes name the option and what it takes") {
    CHECK(
        error_of({"--format", "xml"}).contains("--format takes table, csv or ndjson; got \"xml\""));
    CHECK(error_of({"--threads", "0"}).contains("--threads takes a whole number from 1 to 256"));
    CHECK(error_of({"--threads", "x"}).contains("--threads takes"));
    CHECK(error_of({"--min-score", "7"}).contains("--min-score takes a whole number from 0 to 6"));
    CHECK(error_of({"--spam"}).contains("--spam"));
    CHECK(error_of({"--min-sc", "1"}).contains("--min-sc"));
    CHECK(error_of({"--span"}).contains("--span"));
    CHECK(error_of({"--min-score", "1", "--min-score", "2"}).contains("--min-score"));
    CHECK(error_of({"--input", "raw"}).contains("--input"));
}

TEST_CASE("scan options: the conf file is found before the rest is read") {
    CHECK(scan::find_config_path(Arguments{"a", "--config", "f", "b"}) == "f");
    CHECK(scan::find_config_path(Arguments{"--config=f"}) == "f");
    CHECK(scan::find_config_path(Arguments{"a"}).empty());
    CHECK(scan::find_config_path(Arguments{"--", "--config=f"}).empty());
}

TEST_CASE("scan options: the help names every option of a shell") {
    const auto setup = setup_with();
    const std::string help = scan::scan_help(setup);
    for (const auto* name :
         {"--span", "--min-score", "--suspicious-names", "--bedrock-threshold", "--format",
          "--fail-on-findings", "--threads", "--config", "--raw-csv"}) {
        CAPTURE(name);
        CHECK(help.contains(name));
    }
    CHECK_FALSE(help.contains("--input"));
}
