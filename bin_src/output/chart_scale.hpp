#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "detect/hunt/hunt_overview.hpp"

namespace cloudhijack::output {

/// The steps of a bar chart over the seconds from `first` to `last`: minutes if there are at most
/// two hours, then hours up to 10 days, then days, then multiples of days, so that there are at
/// most 400, and at least 12.
detect::TimeSteps bar_steps(std::int64_t first, std::int64_t last);

/// The steps of the timeline of phases: at most 120 and at least 12, of a length that a
/// clock or calendar has.
detect::TimeSteps phase_steps(std::int64_t first, std::int64_t last);

/// A label on the axis of time, at the start of a step.
struct Tick {
    std::int64_t second = 0;  ///< since 1970
    /// `03:00`; `5 Mar` at midnight, and `5 Mar 03:00` for the first; with the year in long charts.
    std::string label;
    bool is_minor = false;  ///< every other one, which a narrow page does not show
};

/// At most nine ticks, at round times.
std::vector<Tick> ticks_of(const detect::TimeSteps& steps);

/// `minute`, `hour`, `day` or `7 days`: the length of a step.
std::string step_in_words(std::int64_t step);

/// The smallest of 1, 2, 3, 4, 6, 8, 10, 20, 30 ... that is at least this large.
std::uint64_t round_ceiling(std::uint64_t largest);

/// The position of a second within the steps, as a percentage with two decimals: `12.50%`.
std::string position_of(const detect::TimeSteps& steps, std::int64_t second);

/// A share as a percentage with two decimals.
std::string percentage(std::uint64_t part, std::uint64_t whole);

/// The same share of another number, rounded to a whole number. `whole` is not 0 and at least
/// `part`, and `of` is at most 10,000.
std::uint64_t rounded_share(std::uint64_t part, std::uint64_t whole, std::uint64_t of);

}  // namespace cloudhijack::output
