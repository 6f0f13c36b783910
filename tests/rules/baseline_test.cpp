#include "rules/baseline.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using rules::Baseline;

namespace {

constexpr std::int64_t days(std::int64_t count) { return count * 86'400; }

}  // namespace

TEST_CASE("baseline: what is known of a pair adds up") {
    Baseline baseline;
    const Baseline::Pair pair{.account = "1", .principal = "eve", .service = "ses"};
    baseline.add(pair, {.first_seen = 100, .last_seen = 200, .peak_hour = 7});
    baseline.add(pair, {.first_seen = 150, .last_seen = 300, .peak_hour = 5});
    baseline.add(pair, {.first_seen = 50, .last_seen = 60, .peak_hour = 6});
    REQUIRE(baseline.find("1", "eve", "ses") != nullptr);
    CHECK((*baseline.find("1", "eve", "ses") ==
           Baseline::Use{.first_seen = 50, .last_seen = 300, .peak_hour = 7}));
    CHECK(baseline.find("1", "eve", "sns") == nullptr);
    CHECK(baseline.find("1", "ev", "ses") == nullptr);
    CHECK(baseline.find("2", "eve", "ses") == nullptr);
    CHECK(baseline.pairs().size() == 1);
}

TEST_CASE("baseline: an account is known two weeks after the first that was seen of it") {
    Baseline baseline;
    CHECK_FALSE(baseline.known_from("1"));
    baseline.add({.account = "1", .principal = "eve", .service = "ses"},
                 {.first_seen = days(20), .last_seen = days(20), .peak_hour = 1});
    CHECK(baseline.known_from("1") == days(34));
    baseline.add({.account = "1", .principal = "bob", .service = "sns"},
                 {.first_seen = days(10), .last_seen = days(10), .peak_hour = 1});
    CHECK(baseline.known_from("1") == days(24));
    CHECK_FALSE(baseline.known_from("2"));
    CHECK(baseline.has_used("1", "sns"));
    CHECK_FALSE(baseline.has_used("1", "bedrock"));
    CHECK_FALSE(baseline.has_used("2", "sns"));
}
