#include "config/lookups.hpp"

#include <doctest/doctest.h>

#include "config/setup_for_tests.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "scan/temporary_folder.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::scan;
using config::Mode;

namespace {

constexpr std::string_view k_baseline_header =
    "account,principal,service,first_seen,last_seen,peak_hour\n";
constexpr std::string_view k_allowlist_header =
    "principal,service,evidence,threshold,expires,note\n";

/// An app's lookups folder, and what is read of it.
struct App {
    TemporaryFolder folder = {};
    config::Setup setup = setup_with();
    config::Config config = setup.default_config();
    config::LookupProblems problems = {};

    void read(Mode mode, std::string_view baseline, std::string_view allowlist) {
        if (!baseline.empty()) folder.write("cloudhijack_baseline.csv", baseline);
        if (!allowlist.empty()) folder.write("cloudhijack_allowlist.csv", allowlist);
        setup.lookups_folder = folder.path();
        config.mode = mode;
        problems = config::read_lookups(setup.catalogue, setup.lookups_folder, config);
    }
    [[nodiscard]] std::size_t exceptions() const { return config.hunt.allowlist->of("eve").size(); }
};

// What is wrong with a line of the allowlist; empty where it counts.
std::string mistake(std::string_view line) {
    App app;
    app.read(Mode::hunt, {}, std::string(k_allowlist_header) + std::string(line) + '\n');
    CHECK(app.problems.unread.empty());
    CHECK(app.exceptions() == (app.problems.bad_lines.empty() ? 1U : 0U));
    if (app.problems.bad_lines.empty()) return {};
    const std::string& text = app.problems.bad_lines.front();
    return text.substr(text.find("line 2: ") + 8);
}

}  // namespace

TEST_CASE("lookups: each mode reads what it uses") {
    const std::string baseline =
        std::string(k_baseline_header) + "1,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n";
    const std::string allowlist = std::string(k_allowlist_header) + "eve,*,,,,\n";
    const auto read = [&](Mode mode) {
        App app;
        app.read(mode, baseline, allowlist);
        CHECK(app.problems.bad_lines.empty());
        CHECK(app.problems.unread.empty());
        return std::pair(app.config.hunt.baseline->pairs().size(),
                         app.exceptions() + app.config.volume.allowlist->of("eve").size());
    };
    CHECK(read(Mode::hunt) == std::pair<std::size_t, std::size_t>(1, 2));
    CHECK(read(Mode::volume) == std::pair<std::size_t, std::size_t>(0, 2));
    CHECK(read(Mode::baseline) == std::pair<std::size_t, std::size_t>(1, 0));
    CHECK(read(Mode::coverage) == std::pair<std::size_t, std::size_t>(0, 0));
}

TEST_CASE("lookups: a missing file is an empty one in a search, and an error in a shell") {
    App app;
    app.read(Mode::hunt, {}, {});
    CHECK(app.problems.unread.empty());
    CHECK(app.config.hunt.baseline->pairs().empty());
    app.config.baseline_file = "/nowhere/usual.csv";
    app.problems = config::read_lookups(app.setup.catalogue, app.setup.lookups_folder, app.config);
    REQUIRE(app.problems.unread.size() == 1);
    CHECK(app.problems.unread.front() ==
          "/nowhere/usual.csv: cannot be read: No such file or directory");
}

TEST_CASE("lookups: a baseline is written as it is read") {
    const std::string text =
        std::string(k_baseline_header) +
        "111122223333,\"arn:aws:iam::111122223333:user/a,\"\"b\"\"\",ses,2026-03-02T00:00:00Z,"
        "2026-03-03T01:02:03Z,7\n"
        "111122223333,eve,polly,2025-01-01T00:00:00Z,2025-01-01T00:00:00Z,0\n";
    App app;
    app.read(Mode::baseline, text, {});
    CHECK(app.problems.bad_lines.empty());
    const auto activity = output::new_activity(app.setup.catalogue, app.config);
    const auto findings = output::findings_of(activity, app.config);
    REQUIRE(findings);
    const auto [columns, rows] = output::answer_of(*findings);
    CHECK(output::to_csv(columns, rows, true) == text);
}

TEST_CASE("lookups: lines of a baseline that do not count") {
    App app;
    app.read(Mode::hunt,
             std::string(k_baseline_header) +
                 "1,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "1,,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "1,eve,ses,yesterday,2026-03-03T00:00:00Z,7\n"
                 "1,eve,ses,2026-03-04T00:00:00Z,2026-03-03T00:00:00Z,7\n"
                 "1,eve,ses,2026-03-02T00:00:00Z,2026-03-03T00:00:00Z,-1\n"
                 "1,eve,sns,1772409600,1772409600.5,1\n",
             {});
    CHECK(app.config.hunt.baseline->pairs().size() == 2);
    REQUIRE(app.problems.bad_lines.size() == 4);
    CHECK(app.problems.bad_lines[0].contains(
        "cloudhijack_baseline.csv, line 3: account, principal and service are not all there"));
    CHECK(app.problems.bad_lines[1].contains("line 4: first_seen and last_seen are times"));
    CHECK(app.problems.bad_lines[2].contains("line 5: last_seen is before first_seen"));
    CHECK(app.problems.bad_lines[3].contains("line 6: peak_hour is a whole number; got \"-1\""));
}

TEST_CASE("lookups: lines of an allowlist, and what is wrong with them") {
    CHECK(mistake("eve,*,,,,").empty());
    CHECK(mistake("*,ses,burst probe,500,2026-03-31,why").empty());
    CHECK(mistake("e*,*,*,,,").empty());
    CHECK(mistake("eve,*,\"burst, probe\",500,,").empty());
    CHECK(mistake(",*,,,,").starts_with("principal is empty"));
    CHECK(mistake(std::string(1001, 'e') + ",*,,,,").starts_with("principal is longer"));
    CHECK(mistake("eve,,,,,").starts_with("service is one of bedrock, agentcore"));
    CHECK(mistake("eve,mail,,,,").ends_with("got \"mail\"; the line does not count"));
    CHECK(mistake(" eve , * , burst , 5 , 2026-03-31 ,").empty());
    CHECK(mistake("eve,*,bursts,,,").starts_with("there is no evidence \"bursts\""));
    CHECK(mistake("eve,*,\",\",,,").starts_with("evidence names none"));
    CHECK(mistake("eve,*,,many,,").starts_with("threshold is a whole number"));
    CHECK(mistake("eve,*,probe,5,,").starts_with("threshold limits the evidence burst"));
    CHECK(mistake("eve,*,*,5,,").empty());
    for (const char* text :
         {"soon", "2026-3-1", "2026-02-30", "2026-03-31T00:00:00Z", "20260331"}) {
        CHECK(mistake("eve,*,,," + std::string(text) + ",").starts_with("expires is the last day"));
    }
}

TEST_CASE("lookups: a column of the allowlist that nobody reads is told: it can be a slip") {
    App app;
    app.read(Mode::hunt, {}, "Principal,SERVICE,evidence,expire,_key\neve,*,*,2020-01-01,1\n");
    CHECK(app.exceptions() == 1);
    REQUIRE(app.problems.bad_lines.size() == 1);
    CHECK(app.problems.bad_lines.front().contains("the column \"expire\" is not read"));
}

TEST_CASE("lookups: what is there and cannot be reached is not a missing file") {
    const TemporaryFolder folder;
    std::filesystem::create_symlink("nowhere", folder.path() / "cloudhijack_baseline.csv");
    const auto setup = setup_with();
    auto config = setup.default_config();
    config.mode = Mode::baseline;
    const auto problems = config::read_lookups(setup.catalogue, folder.path(), config);
    CHECK(problems.unread.size() == 1);
    CHECK_FALSE(config::check_whole(problems));
    CHECK(config::check_whole({}));
    CHECK_FALSE(config::check_whole({.bad_lines = {"a line"}, .unread = {}}));
}

TEST_CASE("lookups: an exception holds through its last day") {
    App app;
    app.read(Mode::hunt, {}, std::string(k_allowlist_header) + "eve,*,,,2026-03-02,\n");
    CHECK(app.config.hunt.allowlist->of("eve").front()->expires == 1'772'409'600 + 86'400);
}
