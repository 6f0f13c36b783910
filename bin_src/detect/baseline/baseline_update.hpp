#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

#include "counting/seconds.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/row.hpp"
#include "rules/baseline.hpp"

namespace cloudhijack::detect {

/// A baseline after it has learned one more range of events.
struct BaselineUpdate {
    rules::Baseline baseline;
    std::uint64_t added = 0;             ///< pairs that were not known before
    std::uint64_t dropped = 0;           ///< pairs unseen for too long
    std::optional<std::int64_t> newest;  ///< the second of the newest event; nullopt: none
    std::uint64_t ahead = 0;             ///< events more than a day after `now`, which are ignored
    std::int64_t now = 0;                ///< the clock, in seconds since 1970
    std::uint64_t shortened = 0;  ///< lists that were replaced by `*` to keep the file small enough
};

/// Pairs, and values of their lists, that were last seen more than this many days before the day of
/// the newest event are forgotten.
inline constexpr std::int32_t k_days_remembered = 90;

/// A list with more values than this becomes `*`.
inline constexpr std::size_t k_most_values = 32;
inline constexpr std::size_t k_most_clients = 16;
/// The number of newest weeks with use whose peaks a row keeps.
inline constexpr std::size_t k_most_weeks = 14;

/// The largest file in bytes, below the limit for reading it again; see config::k_largest_lookup.
inline constexpr std::size_t k_largest_baseline = std::size_t{45} * 1024 * 1024;

/// Adds an activity to the baseline of the rules' history. Ranges may overlap; without events
/// nothing changes. Events before 1970 or more than a day after `now` have a wrong time and are
/// ignored, as they would make the whole baseline look old. If the rows would need more than
/// `most_bytes`, the longest lists of the pairs that have been unseen for longest become `*`.
BaselineUpdate update_baseline(const HuntActivity& activity, const rules::HuntRules& rules,
                               std::int64_t now, std::size_t most_bytes = k_largest_baseline);

/// A pair of a baseline and its row: one row of mode=baseline.
using BaselineEntry = std::pair<const rules::Baseline::Pair, rules::Baseline::Row>;

/// The columns of mode=baseline, as the lookup file has them.
std::span<const Column> baseline_columns();

Row to_row(const BaselineEntry& entry);

/// The bytes that a row needs in a file, with each cell in quotes.
std::size_t bytes_of(const BaselineEntry& entry);

}  // namespace cloudhijack::detect
