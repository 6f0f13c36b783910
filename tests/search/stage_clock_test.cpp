#include "search/stage_clock.hpp"

#include <doctest/doctest.h>

#include <array>
#include <chrono>

#include "byte_pieces.hpp"

using namespace cloudhijack;
using search::Stage;

namespace {

/// A clock that advances only when a test says so.
struct TestClock {
    using duration = std::chrono::microseconds;
    using time_point = std::chrono::time_point<TestClock, duration>;

    static inline time_point at;

    static time_point now() { return at; }
    static void pass(int microseconds) { at += duration{microseconds}; }
};

using StageClock = search::BasicStageClock<TestClock>;

std::uint64_t time_of(const StageClock& clock, Stage stage) {
    return clock.times().at(static_cast<std::size_t>(stage));
}

}  // namespace

TEST_CASE("stage clock: reading within a row counts as reading, and its bytes are counted") {
    StageClock clock;
    auto source = clock.timed([inner = in_pieces("abcdef", 4)](std::span<char> buffer) mutable {
        TestClock::pass(20);
        return inner(buffer);
    });
    std::array<char, 10> buffer{};
    CHECK(source(buffer) == 4);
    clock.start_row();
    TestClock::pass(3);
    CHECK(source(buffer) == 2);
    clock.lap(Stage::csv);
    TestClock::pass(5);
    clock.lap(Stage::json);
    TestClock::pass(7);
    clock.lap(Stage::json);
    CHECK(clock.bytes() == 6);
    CHECK(time_of(clock, Stage::read) == 40);
    CHECK(time_of(clock, Stage::csv) == 3);
    CHECK(time_of(clock, Stage::json) == 12);
}

TEST_CASE("stage clock: later rows are sampled, and each sample counts for all rows") {
    StageClock clock;
    for (std::uint64_t row = 0; row < 3 * StageClock::k_sampled_rows; ++row) {
        clock.start_row();
        TestClock::pass(2);
        clock.lap(Stage::json);
    }
    CHECK(time_of(clock, Stage::json) == 3 * StageClock::k_sampled_rows * 2);
    CHECK(time_of(clock, Stage::group) == 0);
}

TEST_CASE("stage clock: a stage outside rows is timed as a whole") {
    StageClock clock;
    CHECK(clock.timed(Stage::write, [] {
        TestClock::pass(10);
        return 7;
    }) == 7);
    CHECK(time_of(clock, Stage::write) == 10);
}
