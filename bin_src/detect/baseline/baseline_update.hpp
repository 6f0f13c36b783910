#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "counting/seconds.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/row.hpp"
#include "rules/baseline.hpp"

namespace cloudhijack::detect {

/// A baseline after one more range of events.
struct BaselineUpdate {
    rules::Baseline baseline;
    std::uint64_t added = 0;             ///< pairs that were not known before
    std::uint64_t dropped = 0;           ///< pairs unseen for too long
    std::optional<std::int64_t> newest;  ///< the second of the newest event; nullopt: none
};

/// A burst must not become usual overnight: UTC hours that end so many seconds before the newest
/// event, or later, are left for the next range.
inline constexpr std::int64_t k_left_for_next = counting::k_seconds_a_day;

/// A pair that was last seen longer ago, in seconds before the newest event, is forgotten.
inline constexpr std::int64_t k_forgotten_after = 90 * counting::k_seconds_a_day;

/// Adds the successful use that an activity holds to the rules' baseline. Ranges may overlap;
/// without events nothing changes. What comes before 1970 or more than a day after `now` has a
/// wrong time: it must not make all that is known look old, and is passed over.
BaselineUpdate update_baseline(const HuntActivity& activity, const rules::HuntRules& rules,
                               std::int64_t now);

/// A pair of a baseline and what is known of it: one row of mode=baseline.
using BaselineEntry = std::pair<const rules::Baseline::Pair, rules::Baseline::Use>;

/// The columns of mode=baseline, as the lookup file has them.
std::span<const Column> baseline_columns();

Row to_row(const BaselineEntry& entry);

}  // namespace cloudhijack::detect
