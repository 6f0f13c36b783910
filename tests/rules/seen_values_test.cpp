#include "rules/seen_values.hpp"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace cloudhijack::rules;

namespace {

SeenValues any_list(std::mt19937& random) {
    SeenValues list;
    const auto day = [&random] { return static_cast<std::int32_t>(random() % 20); };
    for (auto count = random() % 6; count > 0; --count) {
        const std::int32_t first = day();
        list.add(std::string(1, static_cast<char>('a' + random() % 5)),
                 {.first = first, .last = first + day()});
    }
    if (random() % 4 == 0) {
        const std::int32_t first = day();
        list.add_too_many({.first = first, .last = first + day()});
    }
    return list;
}

SeenValues merged(SeenValues left, const SeenValues& right) {
    left.merge(right);
    return left;
}

}  // namespace

TEST_CASE("seen values: a value is usual after a week") {
    SeenValues list;
    list.add("a", {.first = 10, .last = 16});
    CHECK_FALSE(list.is_usual("a"));
    CHECK_FALSE(list.is_informative());
    list.add("a", {.first = 17, .last = 17});
    CHECK(list.is_usual("a"));
    CHECK(list.is_informative());
    CHECK_FALSE(list.is_usual("b"));
    list.add_too_many({.first = 10, .last = 10});
    CHECK_FALSE(list.is_informative());
}

TEST_CASE("seen values: merging is commutative, associative and idempotent") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        const SeenValues a = any_list(random);
        const SeenValues b = any_list(random);
        const SeenValues c = any_list(random);
        CHECK(merged(a, b) == merged(b, a));
        CHECK(merged(merged(a, b), c) == merged(a, merged(b, c)));
        CHECK(merged(a, a) == a);
        CHECK(merged(merged(a, b), b) == merged(a, b));
    }
}

TEST_CASE("seen values: values that were last seen long ago are forgotten") {
    SeenValues list;
    list.add("a", {.first = 1, .last = 9});
    list.add("b", {.first = 1, .last = 10});
    list.add_too_many({.first = 1, .last = 9});
    list.expire(10);
    CHECK(list.values().size() == 1);
    CHECK_FALSE(list.too_many());
    list.expire(11);
    CHECK(list.is_empty());
}

TEST_CASE("seen values: of too many values only the days remain") {
    SeenValues list;
    list.add("a", {.first = 3, .last = 4});
    list.add("b", {.first = 1, .last = 9});
    list.cap(2);
    CHECK(list.values().size() == 2);
    list.cap(1);
    CHECK(list.values().empty());
    CHECK((list.too_many() == SeenDays{.first = 1, .last = 9}));
    CHECK(list.has_too_many_on(9));
    CHECK_FALSE(list.has_too_many_on(10));
    list.add("c", {.first = 12, .last = 12});
    list.cap(1);
    CHECK((list.too_many() == SeenDays{.first = 1, .last = 9}));
}

TEST_CASE("seen values: long values are cut at a character") {
    SeenValues list;
    const std::string longest(255, 'a');
    list.add(longest + "üb", {.first = 1, .last = 9});
    CHECK(list.values().begin()->first == longest);
    CHECK(list.is_usual(longest + "üc"));
    CHECK_FALSE(list.is_usual(longest + "ab"));
}

TEST_CASE("seen values: the last day of any value") {
    SeenValues values;
    CHECK_FALSE(values.last_day());
    values.add("a", {.first = 1, .last = 5});
    values.add("b", {.first = 2, .last = 3});
    CHECK(values.last_day() == 5);
    values.add_too_many({.first = 1, .last = 9});
    CHECK(values.last_day() == 9);
}
