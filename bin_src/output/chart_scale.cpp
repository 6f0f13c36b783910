#include "output/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "counting/seconds.hpp"
#include "output/report_text.hpp"

namespace cloudhijack::output {
namespace {

using counting::k_seconds_a_day;
using counting::k_seconds_a_minute;
using counting::k_seconds_an_hour;
using counting::start_of_unit;

constexpr std::array<std::int64_t, 13> k_clock_steps = {
    k_seconds_a_minute,      2 * k_seconds_a_minute,  5 * k_seconds_a_minute,
    10 * k_seconds_a_minute, 15 * k_seconds_a_minute, 30 * k_seconds_a_minute,
    k_seconds_an_hour,       2 * k_seconds_an_hour,   3 * k_seconds_an_hour,
    6 * k_seconds_an_hour,   12 * k_seconds_an_hour,  k_seconds_a_day,
    2 * k_seconds_a_day};

constexpr std::int64_t k_days_without_year = 300;

detect::TimeSteps steps_of(std::int64_t first, std::int64_t last, std::int64_t step) {
    const std::int64_t start = start_of_unit(first, step);
    return {
        .start = start, .step = step, .count = static_cast<std::size_t>((last - start) / step) + 1};
}

// With enough steps that a single event does not fill the width of a chart.
detect::TimeSteps at_least_some(detect::TimeSteps steps) {
    constexpr std::size_t least = 12;
    steps.count = std::max(steps.count, least);
    return steps;
}

// The shortest step with which there are at most this many: of a clock, or a number of weeks.
std::int64_t step_for(std::int64_t first, std::int64_t last, std::size_t most) {
    const auto fits = [&](std::int64_t step) { return steps_of(first, last, step).count <= most; };
    const auto found = std::ranges::find_if(k_clock_steps, fits);
    if (found != k_clock_steps.end()) return *found;
    std::int64_t step = 7 * k_seconds_a_day;
    while (!fits(step)) step *= 2;
    return step;
}

// Hundredths of a percent as a percentage; `hundredths` is not negative.
std::string percent_text(std::uint64_t hundredths) {
    const std::string decimals = std::to_string(hundredths % 100);
    return std::to_string(hundredths / 100) + (decimals.size() == 1 ? ".0" : ".") + decimals + '%';
}

// `5 Mar`, or `5 Mar 2024` in a chart that is longer than most of a year.
std::string day_label(std::int64_t second, bool has_years) {
    constexpr std::array months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds{std::chrono::seconds{second}})};
    std::string label = std::to_string(static_cast<unsigned>(date.day())) + ' ' +
                        months.at(static_cast<unsigned>(date.month()) - 1);
    if (has_years) label += ' ' + std::to_string(static_cast<int>(date.year()));
    return label;
}

}  // namespace

detect::TimeSteps bar_steps(std::int64_t first, std::int64_t last) {
    constexpr std::size_t most = 400;
    const std::int64_t range = last - first;
    std::int64_t step = k_seconds_a_minute;
    if (range > 2 * k_seconds_an_hour) step = k_seconds_an_hour;
    if (range > 10 * k_seconds_a_day) step = k_seconds_a_day;
    detect::TimeSteps steps = steps_of(first, last, step);
    for (std::int64_t days = 7; steps.count > most; days *= 2) {
        steps = steps_of(first, last, days * k_seconds_a_day);
    }
    return at_least_some(steps);
}

detect::TimeSteps phase_steps(std::int64_t first, std::int64_t last) {
    constexpr std::size_t most = 120;
    return at_least_some(steps_of(first, last, step_for(first, last, most)));
}

std::vector<Tick> ticks_of(const detect::TimeSteps& steps) {
    constexpr std::size_t most = 8;
    const std::int64_t end = steps.start_of(steps.count);
    const std::int64_t step = std::max(steps.step, step_for(steps.start, end - 1, most));
    const bool has_years = end - steps.start > k_days_without_year * k_seconds_a_day;
    std::vector<Tick> ticks;
    for (std::int64_t second = start_of_unit(steps.start, step); second < end; second += step) {
        if (second < steps.start) continue;
        const bool is_midnight = second % k_seconds_a_day == 0;
        std::string label = is_midnight || ticks.empty() ? day_label(second, has_years) : "";
        if (!is_midnight) label += (label.empty() ? "" : " ") + shown_time(second).substr(11, 5);
        ticks.push_back(
            {.second = second, .label = std::move(label), .is_minor = ticks.size() % 2 == 1});
    }
    return ticks;
}

std::string step_in_words(std::int64_t step) {
    if (step == k_seconds_a_minute) return "minute";
    if (step == k_seconds_an_hour) return "hour";
    if (step == k_seconds_a_day) return "day";
    if (step % k_seconds_a_day == 0) return std::to_string(step / k_seconds_a_day) + " days";
    if (step % k_seconds_an_hour == 0) return std::to_string(step / k_seconds_an_hour) + " hours";
    return std::to_string(step / k_seconds_a_minute) + " minutes";
}

std::uint64_t round_ceiling(std::uint64_t largest) {
    constexpr std::uint64_t highest = 10'000'000'000'000'000'000U;
    for (std::uint64_t power = 1;; power *= 10) {
        for (const std::uint64_t digit : {1U, 2U, 3U, 4U, 6U, 8U}) {
            if (power == highest || power * digit >= largest) return power * digit;
        }
    }
}

std::string position_of(const detect::TimeSteps& steps, std::int64_t second) {
    const auto whole = static_cast<std::int64_t>(steps.count) * steps.step;
    const std::int64_t part = std::clamp(second - steps.start, std::int64_t{0}, whole);
    return percentage(static_cast<std::uint64_t>(part), static_cast<std::uint64_t>(whole));
}

std::string percentage(std::uint64_t part, std::uint64_t whole) {
    return percent_text(whole == 0 ? 0 : rounded_share(part, whole, 10'000));
}

std::uint64_t rounded_share(std::uint64_t part, std::uint64_t whole, std::uint64_t of) {
    constexpr std::uint64_t largest = std::uint64_t{1} << 40U;  // so that no product overflows
    for (; whole > largest; whole /= 2) part /= 2;
    return (part * of * 2 + whole) / (whole * 2);
}

}  // namespace cloudhijack::output
