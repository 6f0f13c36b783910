#include "scan/merge_options.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>
#include <vector>

#include "scan/temporary_folder.hpp"
#include "text/words.hpp"

using namespace cloudhijack;
using MergeArguments = std::vector<std::string>;

namespace {

scan::MergeRequest request_of(const MergeArguments& arguments) {
    auto asked = scan::read_merge_command_line(arguments);
    REQUIRE(asked);
    REQUIRE(std::holds_alternative<scan::MergeRequest>(*asked));
    return std::get<scan::MergeRequest>(std::move(*asked));
}

std::string merge_error_of(const MergeArguments& arguments) {
    const auto asked = scan::read_merge_command_line(arguments);
    return asked ? "no error" : text::joined(asked.error(), "\n");
}

scan::MergeAnswer answer_to(const MergeArguments& arguments, std::string_view mode) {
    auto answer = read_merge_answer(request_of(arguments), mode, "a.state");
    REQUIRE(answer);
    return std::move(*answer);
}

std::string answer_error(const MergeArguments& arguments, std::string_view mode) {
    const auto answer = read_merge_answer(request_of(arguments), mode, "a.state");
    return answer ? "no error" : answer.error().text;
}

}  // namespace

TEST_CASE("merge options: states and switches in any order") {
    const auto request = request_of({"a", "--allow-overlap", "-", "-o", "x", "b"});
    CHECK(request.paths == MergeArguments{"a", "-", "b"});
    CHECK(request.allow_overlap);
    CHECK_FALSE(request.partial);
    CHECK(request_of({"--partial", "a"}).partial);
    CHECK(merge_error_of({}).starts_with("merge has no state; name files"));
    CHECK(merge_error_of({"a", "--nonsense"}).ends_with("; see cloudhijack merge --help"));
}

TEST_CASE("merge options: the states decide on the mode and the span") {
    using config::Mode;
    const auto volume = answer_to({"a", "--min-score", "3"}, "volume 600s");
    CHECK(volume.config.mode == Mode::volume);
    CHECK(volume.config.volume.span == std::chrono::minutes{10});
    CHECK(volume.config.volume.min_score == 3);
    CHECK(volume.form.format == output::Format::table);
    CHECK(answer_to({"a", "--min-risk=9"}, "hunt").config.hunt.min_risk == 9);
    CHECK(answer_to({"a"}, "coverage").config.mode == Mode::coverage);
    const auto baseline = answer_to({"a", "--mode", "baseline"}, "hunt");
    CHECK(baseline.config.mode == Mode::baseline);
    CHECK(baseline.form.format == output::Format::csv);
    CHECK(baseline.form.raw_csv);

    CHECK(answer_error({"a", "--mode", "baseline"}, "coverage") ==
          "option --mode: a.state was counted in mode coverage; it accepts coverage");
    CHECK(answer_error({"a", "--mode", "volume"}, "hunt") ==
          "option --mode: a.state was counted in mode hunt; it accepts hunt or baseline");
    CHECK(answer_error({"a", "--min-risk", "5"}, "volume 1s")
              .contains("--min-risk: not used in mode volume"));
    CHECK(answer_error({"a", "--fail-on-findings"}, "coverage").contains("has no findings"));
    for (const std::string_view unknown :
         {"", "volume", "volume 0s", "volume 367d", "volume x", "hunt 1s", "baseline", "x\n"}) {
        CAPTURE(unknown);
        CHECK(answer_error({"a"}, unknown).starts_with("a.state: has the unknown mode \""));
    }
}

TEST_CASE("merge options: a default of the conf file chooses between modes that count the same") {
    const scan::TemporaryFolder folder;
    const auto mode_with = [&](const std::string& mode, std::string_view counted) {
        const auto conf = folder.write("x.conf", "[defaults]\nmode = " + mode + "\n");
        return answer_to({"a", "--config", conf}, counted).config.mode;
    };
    CHECK(mode_with("baseline", "hunt") == config::Mode::baseline);
    CHECK(mode_with("coverage", "hunt") == config::Mode::hunt);
    CHECK(mode_with("hunt", "volume 1h") == config::Mode::volume);
}

TEST_CASE("merge options: options that act in another step belong elsewhere") {
    for (const std::string name : {"--span", "--threads"}) {
        CHECK(merge_error_of({"a", name, "1"})
                  .starts_with("option " + name +
                               ": has no effect once records are counted; give "
                               "it to cloudhijack scan --partial"));
    }
    CHECK(merge_error_of({"a", "--partial", "--min-risk", "1"})
              .starts_with("option --min-risk: does not change the state that merge --partial"));
    const auto scan_error = scan::read_command_line(MergeArguments{"--partial", "--min-score=1"});
    REQUIRE_FALSE(scan_error);
    CHECK(scan_error.error().front().starts_with(
        "option --min-score: does not change the state that scan --partial writes; give it to "
        "cloudhijack merge"));
    for (const MergeArguments& options : std::vector<MergeArguments>{
             {"--format", "csv"}, {"--raw-csv"}, {"--fail-on-findings"}, {"--ses-threshold=1"}}) {
        MergeArguments arguments = {"a", "--partial"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        CHECK_FALSE(scan::read_command_line(arguments));
        CHECK(merge_error_of(arguments).contains("merge --partial writes"));
    }
}

TEST_CASE("merge options: help") {
    const auto asked = scan::read_merge_command_line(MergeArguments{"--nonsense", "-h"});
    REQUIRE(asked);
    const std::string& help = std::get<scan::Help>(*asked).text;
    for (const auto* name : {"--allow-overlap", "--partial", "--min-risk", "--output"}) {
        CAPTURE(name);
        CHECK(help.contains(name));
    }
    CHECK_FALSE(help.contains("--span"));
    CHECK_FALSE(help.contains("--threads"));
}
