#include "scan/totals.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace cloudhijack;
using scan::FileOutcome;
using scan::ScanTotals;

namespace {

FileOutcome outcome_of(std::uint64_t records, std::optional<std::string> error = {}) {
    FileOutcome outcome;
    outcome.stage = scan::FileStage::done;
    outcome.records = records;
    outcome.error = std::move(error);
    return outcome;
}

FileOutcome unknown_at(std::uint64_t position, std::string keys) {
    FileOutcome outcome = outcome_of(1);
    outcome.unknown = 2;
    outcome.first_unknown_at = position;
    outcome.first_unknown_keys = std::move(keys);
    return outcome;
}

}  // namespace

TEST_CASE("totals: the sum over files, in any grouping") {
    const std::vector<scan::File> files = {
        {.path = "b"}, {.path = "a"}, {.path = "c", .named = false}, {.path = "d"}};
    std::vector<FileOutcome> outcomes = {unknown_at(7, "x"), unknown_at(9, "y"), outcome_of(0),
                                         outcome_of(0, "cannot be opened")};
    outcomes[2].is_other_file = true;
    outcomes[2].error = "is not JSON";
    const ScanTotals all = totals_of(files, outcomes, {.problems = 1});
    CHECK(all.files == 4);
    CHECK(all.found == 1);
    CHECK(all.read == 2);
    CHECK(all.unread == 1);
    CHECK(all.problems == 2);
    CHECK(all.records == 2);
    CHECK(all.unknown == 4);
    CHECK(all.first_unknown == scan::UnknownObject{.file = "a", .position = 9, .first_keys = "y"});

    for (std::size_t cut = 0; cut <= files.size(); ++cut) {
        const auto part = [&](std::size_t begin, std::size_t count, std::size_t unlisted) {
            return totals_of(std::span(files).subspan(begin, count),
                             std::span(outcomes).subspan(begin, count), {.problems = unlisted});
        };
        ScanTotals sum = part(cut, files.size() - cut, 1);
        sum.add(part(0, cut, 0));
        const auto numbers = numbers_of(sum);
        ScanTotals expected = all;
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            CHECK(*numbers.at(i) == *numbers_of(expected).at(i));
        }
        CHECK(sum.first_unknown == all.first_unknown);
    }
}

TEST_CASE("totals: sums do not overflow") {
    ScanTotals totals{.records = std::numeric_limits<std::uint64_t>::max() - 1};
    totals.add({.records = 5});
    CHECK(totals.records == std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("totals: what is an error depends on all files") {
    const auto has_error = [](const std::vector<FileOutcome>& outcomes, std::size_t unlisted = 0) {
        const std::vector<scan::File> files(outcomes.size());
        return totals_of(files, outcomes, {.problems = unlisted}).has_error();
    };
    CHECK(has_error({}));
    CHECK_FALSE(has_error({outcome_of(1)}));
    CHECK_FALSE(has_error({outcome_of(0)}));
    CHECK(has_error({outcome_of(1)}, 1));
    CHECK(has_error({outcome_of(1), outcome_of(0, "is not JSON")}));
    FileOutcome only_unknown = unknown_at(0, "k");
    only_unknown.records = 0;
    CHECK(has_error({only_unknown}));
    CHECK_FALSE(has_error({only_unknown, outcome_of(1)}));
    FileOutcome other = outcome_of(0, "is not JSON");
    other.is_other_file = true;
    CHECK(has_error({other}));  // nothing was read
    CHECK_FALSE(has_error({other, outcome_of(0)}));
    FileOutcome stopped = outcome_of(0);
    stopped.stage = scan::FileStage::stopped;
    CHECK_FALSE(has_error({stopped}));
}
