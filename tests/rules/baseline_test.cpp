#include "rules/baseline.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;
using rules::Baseline;

TEST_CASE("baseline: the rows of a pair add up") {
    Baseline baseline;
    const Baseline::Pair pair{.account = "1", .principal = "eve", .service = "ses"};
    baseline.add(pair, {.first_seen = 100, .last_seen = 200, .peak_hour = 7});
    baseline.add(pair, {.first_seen = 150, .last_seen = 300, .peak_hour = 5});
    baseline.add(pair, {.first_seen = 50, .last_seen = 60, .peak_hour = 6});
    REQUIRE(baseline.find("1", "eve", "ses") != nullptr);
    CHECK((*baseline.find("1", "eve", "ses") ==
           Baseline::Row{.first_seen = 50, .last_seen = 300, .peak_hour = 7}));
    CHECK(baseline.find("1", "eve", "sns") == nullptr);
    CHECK(baseline.find("1", "ev", "ses") == nullptr);
    CHECK(baseline.find("2", "eve", "ses") == nullptr);
    CHECK(baseline.rows().size() == 1);
}

TEST_CASE("baseline: rows add up in any order") {
    const Baseline::Making known{.second = 5, .maker = "ann", .is_from_known_source = true};
    const Baseline::Making stranger{.second = 5, .maker = "ann"};
    Baseline::Row a{.first_seen = 100, .last_seen = 200, .peak_hour = 7, .peak_day = 9};
    a.peaks = {{10, 7}, {11, 3}};
    a.networks.add("203.0.0.0/16", {.first = 1, .last = 2});
    a.made = {known};
    Baseline::Row b{.first_seen = 50, .last_seen = 150, .peak_hour = 8};
    b.peaks = {{11, 8}};
    b.networks.add("203.0.0.0/16", {.first = 3, .last = 9});
    b.made = {stranger, {.second = 6, .maker = "bob"}};
    Baseline::Row left = a;
    left.add(b);
    Baseline::Row right = b;
    right.add(a);
    CHECK(left == right);
    CHECK(left.peak_day == 9);
    CHECK(left.peaks == std::map<Baseline::Week, std::uint64_t>{{10, 7}, {11, 8}});
    CHECK(left.networks.is_usual("203.0.0.0/16"));
    CHECK((left.made == std::vector{stranger, Baseline::Making{.second = 6, .maker = "bob"}}));
    left.add(b);
    CHECK(left == right);
    CHECK(b.day_peak() == 8 * 24);
}

TEST_CASE("baseline: a row that only records what others did with a principal") {
    Baseline::Row row{.first_seen = 5, .last_seen = 5};
    CHECK_FALSE(row.has_only_links());
    row.made = {{.second = 5, .maker = "ann"}};
    CHECK(row.has_only_links());
    row.clients.add("0f4a9c21", {.first = 1, .last = 1});
    CHECK_FALSE(row.has_only_links());
    Baseline::Row assumed{.first_seen = 5, .last_seen = 5};
    assumed.parents.add("ann", {.first = 1, .last = 1});
    CHECK(assumed.has_only_links());
    assumed.last_seen = 6;
    CHECK_FALSE(assumed.has_only_links());
}
