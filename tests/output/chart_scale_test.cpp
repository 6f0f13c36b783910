#include "output/chart_scale.hpp"

#include <doctest/doctest.h>

#include "counting/seconds.hpp"

using namespace cloudhijack::output;
using cloudhijack::counting::k_seconds_a_day;
using cloudhijack::counting::k_seconds_an_hour;

namespace {

constexpr std::int64_t k_midnight = 1'709'596'800;  // 2024-03-05

std::vector<std::string> labels_of(const cloudhijack::detect::TimeSteps& steps) {
    std::vector<std::string> labels;
    for (const Tick& tick : ticks_of(steps)) labels.push_back(tick.label);
    return labels;
}

}  // namespace

TEST_CASE("chart scale: bars are minutes, hours, days or weeks") {
    const auto step_of = [](std::int64_t range) {
        return bar_steps(k_midnight, k_midnight + range).step;
    };
    CHECK(step_of(0) == 60);
    CHECK(step_of(2 * k_seconds_an_hour) == 60);
    CHECK(step_of(2 * k_seconds_an_hour + 1) == k_seconds_an_hour);
    CHECK(step_of(10 * k_seconds_a_day) == k_seconds_an_hour);
    CHECK(step_of(10 * k_seconds_a_day + 1) == k_seconds_a_day);
    CHECK(step_of(399 * k_seconds_a_day) == k_seconds_a_day);
    CHECK(step_of(400 * k_seconds_a_day) == 7 * k_seconds_a_day);
}

TEST_CASE("chart scale: every second of the range is in a step, and there are not too many") {
    for (const std::int64_t first : {std::int64_t{0}, k_midnight, k_midnight - 1, k_midnight + 59,
                                     std::int64_t{-62'135'596'800}}) {
        for (const std::int64_t range : {std::int64_t{0}, std::int64_t{1}, std::int64_t{59},
                                         k_seconds_an_hour, k_seconds_a_day, 11 * k_seconds_a_day,
                                         5'000 * k_seconds_a_day, std::int64_t{253'402'300'799}}) {
            for (const auto& steps :
                 {bar_steps(first, first + range), phase_steps(first, first + range)}) {
                CAPTURE(first);
                CAPTURE(range);
                CHECK(steps.index_of(first) == 0);
                CHECK(steps.index_of(first + range).has_value());
                CHECK_FALSE(steps.index_of(steps.start - 1).has_value());
                CHECK_FALSE(steps.index_of(steps.start_of(steps.count)).has_value());
                CHECK(steps.count >= 12);
                CHECK(steps.count <= 400);
                const auto ticks = ticks_of(steps);
                CHECK(ticks.size() <= 9);
            }
        }
    }
    CHECK(phase_steps(k_midnight, k_midnight + k_seconds_a_day - 1).count == 96);
    CHECK(phase_steps(k_midnight, k_midnight + k_seconds_a_day - 1).step == 900);
}

TEST_CASE("chart scale: ticks are at round times, and dates come with the day") {
    CHECK(labels_of(bar_steps(k_midnight, k_midnight + k_seconds_a_day - 1)) ==
          std::vector<std::string>{"5 Mar", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00",
                                   "21:00"});
    const auto from_evening = labels_of(
        bar_steps(k_midnight - 5 * k_seconds_an_hour, k_midnight + 5 * k_seconds_an_hour));
    CHECK(from_evening ==
          std::vector<std::string>{"4 Mar 20:00", "22:00", "5 Mar", "02:00", "04:00", "06:00"});
    const auto of_years = labels_of(bar_steps(k_midnight, k_midnight + 800 * k_seconds_a_day));
    CHECK(of_years.front().ends_with(" 2024"));
    CHECK(of_years.back().ends_with(" 2026"));
    CHECK_FALSE(ticks_of(bar_steps(k_midnight, k_midnight)).empty());
}

TEST_CASE("chart scale: positions are percentages of the range") {
    const cloudhijack::detect::TimeSteps steps{.start = 1000, .step = 10, .count = 30};
    CHECK(position_of(steps, 1000) == "0.00%");
    CHECK(position_of(steps, 1100) == "33.33%");
    CHECK(position_of(steps, 1300) == "100.00%");
    CHECK(position_of(steps, 0) == "0.00%");
    CHECK(position_of(steps, 5000) == "100.00%");
    CHECK(percentage(1, 0) == "0.00%");
    CHECK(percentage(1, 2000) == "0.05%");
    constexpr std::uint64_t most = ~std::uint64_t{0};
    CHECK(percentage(most, most) == "100.00%");
    CHECK(percentage(most / 4, most) == "25.00%");
    CHECK(rounded_share(1, 3, 150) == 50);
    CHECK(rounded_share(1, 400, 150) == 0);
}

TEST_CASE("chart scale: the scale of counts ends at a round number") {
    CHECK(round_ceiling(0) == 1);
    CHECK(round_ceiling(1) == 1);
    CHECK(round_ceiling(5) == 6);
    CHECK(round_ceiling(9) == 10);
    CHECK(round_ceiling(5'300) == 6'000);
    CHECK(round_ceiling(10'001) == 20'000);
    CHECK(round_ceiling(~std::uint64_t{0}) >= 10'000'000'000'000'000'000U);
}

TEST_CASE("chart scale: the length of a step in words") {
    CHECK(step_in_words(60) == "minute");
    CHECK(step_in_words(900) == "15 minutes");
    CHECK(step_in_words(3600) == "hour");
    CHECK(step_in_words(7200) == "2 hours");
    CHECK(step_in_words(k_seconds_a_day) == "day");
    CHECK(step_in_words(14 * k_seconds_a_day) == "14 days");
}
