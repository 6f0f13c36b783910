#include "scan/input_overlap.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using namespace cloudhijack;
using scan::InputOverlap;
using scan::StateEnd;
using scan::StateInput;

namespace {

StateInput input(std::string name, std::uint64_t content, std::uint64_t records = 1) {
    return {.name = std::move(name),
            .content = {.bytes = content, .hash = {.low = content, .high = 7}},
            .records = records};
}

StateEnd end_of(std::uint64_t content) { return {.documents = 2, .hash = {.low = content}}; }

}  // namespace

TEST_CASE("input overlap: inputs in one state, and inputs without records, are never found") {
    InputOverlap overlap;
    overlap.begin("a");
    overlap.add(input("x", 1));
    overlap.add(input("copy of x", 1));
    overlap.add(input("empty", 0, 0));
    CHECK_FALSE(overlap.is_found());
    CHECK(overlap.finish(end_of(1)).empty());
    overlap.begin("b");
    overlap.add(input("other", 2));
    overlap.add(input("empty", 0, 0));
    CHECK_FALSE(overlap.is_found());
    CHECK(overlap.finish(end_of(2)).empty());
}

TEST_CASE("input overlap: the size and the hash decide, and the message names inputs and states") {
    InputOverlap overlap;
    overlap.begin("a");
    for (std::uint64_t i = 1; i <= 3; ++i) overlap.add(input("a" + std::to_string(i), i));
    StateInput longer = input("longer", 1);
    longer.content.bytes = 9;
    CHECK(overlap.finish(end_of(1)).empty());
    overlap.begin("b");
    overlap.add(longer);
    CHECK_FALSE(overlap.is_found());
    overlap.add(input("b4", 4));
    CHECK(overlap.finish(end_of(2)).empty());
    overlap.begin("c");
    overlap.add(input("c4", 4));
    CHECK(overlap.is_found());
    CHECK(overlap.finish(end_of(3)) ==
          "c: 1 input is in an earlier state, too: c4 (in b); scan each input once, or accept it "
          "with --allow-overlap");
    overlap.begin("d");
    for (std::uint64_t i = 1; i <= 5; ++i) overlap.add(input("d" + std::to_string(i), i));
    CHECK(overlap.finish(end_of(4)) ==
          "d: 4 inputs are in an earlier state, too: d1 (in a), d2 (in a), d3 (in a) and 1 more; "
          "scan each input once, or accept it with --allow-overlap");
}

TEST_CASE("input overlap: the same state again") {
    InputOverlap overlap;
    for (const std::string name : {"a", "b"}) {
        overlap.begin(name);
        overlap.add(input("x", 1));
        const std::string found = overlap.finish(end_of(1));
        if (name == "a") CHECK(found.empty());
        if (name == "b") {
            CHECK(found ==
                  "b: is the same state as a; give each state once, or accept it with "
                  "--allow-overlap");
        }
    }
}

TEST_CASE("input overlap: ranges of time that have no time in common") {
    const auto at = [](int day) { return text::Time{std::chrono::days{day}}; };
    const auto with = [](scan::TimeRange range) {
        StateInput ranged = input("x", 1);
        ranged.range = range;
        return ranged;
    };
    InputOverlap overlap;
    overlap.begin("a");
    overlap.add(with({.from = at(1), .to = at(2)}));
    overlap.begin("b");
    overlap.add(with({.from = at(2), .to = {}}));
    overlap.add(with({.from = {}, .to = at(1)}));
    CHECK_FALSE(overlap.is_found());
    for (const scan::TimeRange& range :
         {scan::TimeRange{.from = {}, .to = {}}, scan::TimeRange{.from = at(1), .to = at(2)},
          scan::TimeRange{.from = at(5), .to = at(6)}, scan::TimeRange{.from = at(-9), .to = {}}}) {
        overlap.begin("c");
        overlap.add(with(range));
        CHECK(overlap.is_found());
    }
}

TEST_CASE("input overlap: many inputs") {
    InputOverlap overlap;
    overlap.begin("a");
    for (std::uint64_t i = 1; i <= 20'000; ++i) overlap.add(input("x", i));
    CHECK_FALSE(overlap.is_found());
    CHECK(overlap.finish(end_of(1)).empty());
    overlap.begin("b");
    for (std::uint64_t i = 10'001; i <= 30'000; ++i) overlap.add(input("y", i));
    CHECK(overlap.finish(end_of(2)).contains("b: 10000 inputs are in an earlier state"));
}

// Each range would be compared with each other one if they were found by the content alone.
TEST_CASE("input overlap: many ranges of one content") {
    const auto with = [](int hour) {
        StateInput ranged = input("x", 1);
        ranged.range.from = text::Time{std::chrono::hours{hour}};
        ranged.range.to = text::Time{std::chrono::hours{hour + 1}};
        return ranged;
    };
    constexpr int count = 200'000;
    InputOverlap overlap;
    overlap.begin("a");
    for (int hour = 0; hour < count; ++hour) overlap.add(with(2 * hour));
    overlap.begin("b");
    for (int hour = count - 1; hour >= 0; --hour) overlap.add(with(2 * hour + 1));
    CHECK_FALSE(overlap.is_found());
    overlap.begin("c");
    for (const int hour : {0, 1, count, 2 * count - 1}) overlap.add(with(hour));
    overlap.add(with(2 * count));
    CHECK(overlap.finish(end_of(3)).contains("4 inputs are in an earlier state"));
}

TEST_CASE("input overlap: a forged range that has no time overlaps none") {
    StateInput forged = input("x", 1);
    forged.range = {.from = text::Time{std::chrono::hours{2}}, .to = text::Time{}};
    InputOverlap overlap;
    for (const char* state : {"a", "b"}) {
        overlap.begin(state);
        overlap.add(forged);
    }
    CHECK_FALSE(overlap.is_found());
}
