#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "counting/seconds.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "rules/baseline.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::detect {

/// A burst must not become normal overnight: UTC hours that end at most this many seconds before
/// the newest event, or after it, are left for the next range.
inline constexpr std::int64_t k_left_for_next = counting::k_seconds_a_day;

/// The UTC day since 1970 that contains an hour since 1970.
std::int32_t day_of_hour(std::int64_t hour);

/// Separates the hours that count now from those, all later, that are left for the next range.
struct Cutoff {
    std::int64_t newest = 0;

    [[nodiscard]] bool keeps(std::int64_t hour) const {
        return (hour + 1) * counting::k_seconds_an_hour < newest - k_left_for_next;
    }
};

/// The days on which values were seen. The first hour with the value on a day decides whether the
/// day is left for the next range.
class DaysOfValues {
  public:
    /// The hour is counted from 1970.
    void add(std::string_view value, std::int64_t hour);

    /// Adds the days that are not left for the next range. Days on which a list had too many values
    /// are skipped, as the list does not record single values for them.
    void add_to(rules::SeenValues& list, Cutoff cutoff) const;

  private:
    std::map<std::string, std::map<std::int32_t, std::int64_t>, std::less<>> values_;
};

/// The calls of a pair in a UTC hour.
struct PairHour {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::uint64_t messages = 0;  ///< of successful use
    rules::Cost cost = 0;
};

/// The activity of a pair in a range.
struct PairActivity {
    std::map<std::int64_t, PairHour> hours;
    DaysOfValues phases;
    DaysOfValues models;
    DaysOfValues regions;
    DaysOfValues networks;
    DaysOfValues clients;

    void add(const Calls& calls);
    /// Adds the values that only successful calls show.
    void add_outcome(const Calls& calls);
};

/// The activity of all pairs in a range of events.
struct BaselineRange {
    std::map<rules::Baseline::Pair, PairActivity, std::less<>> pairs;
    /// The principals that assumed roles, by the roles' own rows.
    std::map<rules::Baseline::Pair, DaysOfValues> parents;
    std::optional<std::int64_t> newest;
    std::uint64_t ahead = 0;
    bool has_makings = false;
};

/// The activity from 1970 to `end`, in seconds since 1970. Of later events only the number is kept.
BaselineRange range_of(const HuntActivity& activity, const rules::HuntRules& rules,
                       std::int64_t end);

}  // namespace cloudhijack::detect
