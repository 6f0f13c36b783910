#include "scan/scanner.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "detect/row.hpp"
#include "detect/volume/volume_finding.hpp"
#include "io/gzip_member.hpp"
#include "output/csv_and_ndjson.hpp"
#include "rules/builtin.hpp"
#include "scan/temporary_folder.hpp"
#include "scan/totals.hpp"

using namespace cloudhijack;
using namespace cloudhijack::io;
using namespace cloudhijack::rules;
using namespace cloudhijack::scan;

namespace {

std::string record(std::uint_fast32_t caller, std::uint_fast32_t second) {
    return R"({"eventSource":"sns.amazonaws.com","eventName":"Publish","eventTime":")" +
           std::to_string(1'767'225'600 + second) + R"(","userIdentity":{"arn":"caller)" +
           std::to_string(caller) + R"("},"sourceIPAddress":"2001:db8::)" +
           std::to_string(second % 7) + "\"}";
}

struct Scanned {
    std::string answer;
    std::vector<scan::FileOutcome> outcomes;
};

Scanned scan_with(unsigned threads, const std::vector<std::string>& paths) {
    auto rules = builtin_config().volume;
    rules.thresholds.assign(rules.thresholds.size(), 0);
    scan::Scanner scanner(
        [&rules] { return detect::VolumeActivity(builtin_catalogue(), rules.span); },
        log::all_logs(), log::CallFilter(log::all_logs(), builtin_catalogue().call_names()));
    Scanned scanned;
    scanned.outcomes = scanner.run(scan::list_files(paths).files, threads);
    std::vector<detect::Row> rows;
    for (const auto& finding :
         std::get<detect::VolumeActivity>(scanner.activity()).findings(rules).rows) {
        rows.push_back(detect::to_row(finding));
    }
    scanned.answer = output::to_ndjson(detect::volume_columns(), rows);
    return scanned;
}

}  // namespace

TEST_CASE("scanner: the answer does not depend on the threads, for many files and for large ones") {
    for (unsigned seed = 0; seed < 6; ++seed) {
        std::mt19937 random(seed);
        const TemporaryFolder folder;
        std::string lines;
        std::string list = "{\"Records\":[";
        for (int i = 0; i < 20'000; ++i) {
            const std::string one = record(random() % 50, random() % 20'000);
            lines += one + (i % 500 == 0 ? "\n{\"cut\":{\"x\":1,\n" : "\n");
            list += (i > 0 ? "," : "") + one;
            if (i % 700 == 9) list += R"(,{"number":)" + std::to_string(i) + R"(,"seen":1})";
        }
        folder.write("lines.jsonl", lines);
        folder.write("list.json", list + "]}");
        folder.write("packed", gzip(lines));
        for (int i = 0; i < 30; ++i) folder.write(std::to_string(i), record(random() % 50, 5));
        const Scanned alone = scan_with(1, {folder.path()});
        REQUIRE(alone.outcomes.size() == 33);
        CHECK(alone.answer.size() > 1'000);
        CHECK(std::ranges::count(alone.outcomes, 29U, &scan::FileOutcome::unknown) == 1);
        for (const unsigned threads : {2U, 5U}) {
            const Scanned together = scan_with(threads, {folder.path()});
            CHECK(together.answer == alone.answer);
            for (std::size_t i = 0; i < alone.outcomes.size(); ++i) {
                CHECK(together.outcomes[i].records == alone.outcomes[i].records);
                CHECK(together.outcomes[i].unreadable == alone.outcomes[i].unreadable);
                CHECK(together.outcomes[i].first_unreadable_at ==
                      alone.outcomes[i].first_unreadable_at);
                CHECK(together.outcomes[i].first_reason == alone.outcomes[i].first_reason);
                CHECK(together.outcomes[i].unknown == alone.outcomes[i].unknown);
                CHECK(together.outcomes[i].first_unknown_at == alone.outcomes[i].first_unknown_at);
                CHECK(together.outcomes[i].first_unknown_keys ==
                      alone.outcomes[i].first_unknown_keys);
            }
        }
    }
}

TEST_CASE("scanner: calls outside the time range are counted, with their first and last time") {
    const TemporaryFolder folder;
    std::string lines = R"({"eventSource":"x","eventName":"Publish","eventTime":"1767225600"})";
    for (unsigned second = 0; second < 20'000; ++second) lines += record(1, second) + '\n';
    folder.write("a", lines);
    folder.write("b", record(1, 30'000) + R"({"eventSource":"sns.amazonaws.com",)"
                                          R"("eventName":"Publish","eventTime":"x"})");
    folder.write("c", record(1, 5'000));
    constexpr text::Time start{std::chrono::seconds{1'767'225'600}};
    const TimeRange range{.from = start + std::chrono::seconds{5'000},
                          .to = start + std::chrono::seconds{6'000}};
    for (const unsigned threads : {1U, 4U}) {
        scan::Scanner scanner(
            [] { return detect::VolumeActivity(builtin_catalogue(), std::chrono::hours{1}); },
            log::all_logs(), log::CallFilter(log::all_logs(), builtin_catalogue().call_names()),
            nullptr, TimeFilter(builtin_catalogue(), range));
        const auto files = scan::list_files({folder.path()}).files;
        const auto outcomes = scanner.run(files, threads);
        REQUIRE(outcomes.size() == 3);
        CHECK(outcomes[0].records == 20'001);
        CHECK(outcomes[0].relevant == 1'000);
        CHECK(outcomes[0].outside.count == 19'000);
        CHECK(outcomes[0].outside.first == 1'767'225'600'000'000);
        CHECK(outcomes[0].outside.last == 1'767'245'599'000'000);
        CHECK(outcomes[1].outside.count == 1);
        CHECK(outcomes[1].unreadable == 1);
        CHECK(outcomes[2].outside.count == 0);
        CHECK(outcomes[2].relevant == 1);
        const ScanTotals totals = totals_of(files, outcomes, {.unopened = 7});
        CHECK(totals.files == 10);
        CHECK(totals.unopened == 7);
        CHECK_FALSE(totals.is_incomplete());
        CHECK(totals.outside.count == 19'001);
        CHECK(totals.outside.first == 1'767'225'600'000'000);
        CHECK(totals.outside.last == 1'767'255'600'000'000);
    }
}

TEST_CASE("scanner: an error in a file is reported with its place, and the other files are read") {
    const TemporaryFolder folder;
    folder.write("a", record(1, 1) + "\nnonsense\n" + record(1, 2));
    folder.write("b", gzip(record(2, 1) + record(2, 2)).substr(0, 20));
    folder.write("c", record(3, 1));
    folder.write("d", R"({"eventSource":"sns.amazonaws.com","eventName":"Publish"})");
    folder.write("e", "[" + record(1, 1));
    folder.write("f", "");
    const Scanned scanned = scan_with(2, {folder.path()});
    const auto& outcomes = scanned.outcomes;
    REQUIRE(outcomes.size() == 6);
    CHECK(outcomes[0].records == 3);
    CHECK(outcomes[0].unreadable == 1);
    CHECK(outcomes[0].first_unreadable_at == record(1, 1).size() + 1);
    CHECK(outcomes[0].first_reason == "is not a JSON object");
    CHECK(outcomes[1].error == "its gzip data is cut off");
    CHECK(outcomes[2].unreadable == 0);
    CHECK_FALSE(outcomes[2].error);
    CHECK(outcomes[3].first_reason == "has no valid time in eventTime");
    CHECK(outcomes[4].error == "ends inside its list of records");
    CHECK(outcomes[5].records == 0);
    CHECK_FALSE(outcomes[5].error);
    CHECK(scanned.answer.contains("caller3"));
}

TEST_CASE(
    "scanner: objects that no log knows are counted separately, with their place and first keys") {
    const TemporaryFolder folder;
    folder.write("a", record(1, 1) + R"( {"digest":1,"files":[]} {} [] )" + record(1, 2));
    folder.write("b", R"({"Records":[]})");
    folder.write("c", "{}");
    const Scanned scanned = scan_with(2, {folder.path()});
    const auto& outcomes = scanned.outcomes;
    REQUIRE(outcomes.size() == 3);
    CHECK(outcomes[0].records == 2);
    CHECK(outcomes[0].unreadable == 0);
    CHECK(outcomes[0].unknown == 2);
    CHECK(outcomes[0].first_unknown_at == record(1, 1).size() + 1);
    CHECK(outcomes[0].first_unknown_keys == R"("digest", "files")");
    CHECK(outcomes[1].unknown == 0);
    CHECK(outcomes[2].unknown == 1);
    CHECK(outcomes[2].records == 0);
    CHECK_FALSE(outcomes[2].error);
}

TEST_CASE("scanner: the reported error of a file does not depend on the threads") {
    const TemporaryFolder folder;
    std::string lines;
    for (unsigned i = 0; i < 20'000; ++i) {
        lines += (i % 1'000 == 0 ? "[" : "") + record(i % 50, i) + '\n';  // truncated arrays
    }
    const std::string packed = gzip(lines);
    folder.write("cut", packed.substr(0, packed.size() - 9));
    folder.write("whole", lines);
    for (const unsigned threads : {1U, 2U, 8U, 8U, 8U}) {
        const Scanned scanned = scan_with(threads, {folder.path()});
        CHECK(scanned.outcomes[0].error == "its gzip data is cut off");
        CHECK(scanned.outcomes[1].error == "ends inside its list of records");
        CHECK(scanned.outcomes[1].records == 20'000);
        CHECK(scanned.outcomes[1].unreadable == 0);
    }
}

TEST_CASE("scanner: the content decides the kind of a file") {
    const TemporaryFolder folder;
    folder.write("a.gz", "\xEF\xBB\xBF {\"Records\":[" + record(1, 1) + "]}");
    folder.write("b.txt", gzip("\n" + record(2, 1)));
    folder.write("c.json", "readme\n");
    folder.write("d.json", " \n ");
    folder.write("e.json", "\xEF");
    const Scanned scanned = scan_with(1, {folder.path()});
    CHECK(scanned.outcomes[0].records == 1);
    CHECK(scanned.outcomes[0].unreadable == 0);
    CHECK(scanned.outcomes[1].records == 1);
    CHECK(scanned.outcomes[2].error == "is not JSON");
    CHECK(scanned.outcomes[2].is_other_file);
    CHECK_FALSE(scanned.outcomes[3].error);
    CHECK(scanned.outcomes[4].is_other_file);
    const Scanned named = scan_with(1, {(folder.path() / "c.json").string()});
    CHECK(named.outcomes[0].error == "is not JSON");
    CHECK_FALSE(named.outcomes[0].is_other_file);
}

TEST_CASE("scanner: a file that no longer exists is reported") {
    const std::vector<scan::File> files = {{.path = "/nonexistent/x", .size = 0}};
    scan::Scanner scanner(
        [] { return detect::VolumeActivity(builtin_catalogue(), std::chrono::hours{1}); },
        log::all_logs(), log::CallFilter(log::all_logs(), builtin_catalogue().call_names()));
    const auto outcomes = scanner.run(files, 2);
    REQUIRE(outcomes[0].error);
    CHECK(outcomes[0].error->starts_with("cannot be opened: "));
}

TEST_CASE("scanner: after a request to stop no file is started or reported as damaged") {
    const TemporaryFolder folder;
    folder.write("a", "[" + record(1, 1));
    folder.write("b", "no JSON");
    io::StopRequest stop;
    stop.make(2);
    scan::Scanner scanner(
        [] { return detect::VolumeActivity(builtin_catalogue(), std::chrono::hours{1}); },
        log::all_logs(), log::CallFilter(log::all_logs(), builtin_catalogue().call_names()), &stop);
    for (const auto& outcome : scanner.run(scan::list_files({folder.path()}).files, 2)) {
        CHECK(outcome.stage == FileStage::waiting);
        CHECK_FALSE(outcome.error);
    }
}

TEST_CASE("scanner: formats that are not read are errors, even in folders") {
    const TemporaryFolder folder;
    folder.write("a", "PAR1" + std::string(100, '\0'));
    folder.write("b", gzip(gzip(record(1, 1))));
    folder.write("c", gzip("time,user\n1,alice\n"));
    folder.write("d", "read me");
    const Scanned scanned = scan_with(2, {folder.path()});
    const auto& outcomes = scanned.outcomes;
    REQUIRE(outcomes.size() == 4);
    REQUIRE(outcomes[0].error);
    CHECK(outcomes[0].error->starts_with("is Parquet, which scan cannot read; convert it "));
    CHECK_FALSE(outcomes[0].is_other_file);
    CHECK(outcomes[1].records == 1);
    CHECK_FALSE(outcomes[1].error);
    CHECK(outcomes[2].error == "is CSV, which scan cannot read; export the records as JSON");
    CHECK_FALSE(outcomes[2].is_other_file);
    CHECK(outcomes[3].is_other_file);
    for (const auto& outcome : outcomes) CHECK(outcome.stage == FileStage::done);
}
