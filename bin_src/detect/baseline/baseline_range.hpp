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

/// A burst must not become usual overnight: UTC hours that end so many seconds before the newest
/// event, or later, are left for the next range.
inline constexpr std::int64_t k_left_for_next = counting::k_seconds_a_day;

/// The UTC day, since 1970, of an hour since then.
std::int32_t day_of_hour(std::int64_t hour);

/// The UTC hours that are left for the next range are all after the others.
struct Cutoff {
    std::int64_t newest = 0;

    [[nodiscard]] bool keeps(std::int64_t hour) const {
        return (hour + 1) * counting::k_seconds_an_hour < newest - k_left_for_next;
    }
};

/// The days on which values were seen. Of a day its first hour with the value decides whether the
/// day is left for the next range.
class DaysOfValues {
  public:
    /// The hour is one since 1970.
    void add(std::string_view value, std::int64_t hour);

    /// Adds the days that are not left for the next range. On days on which a list had too many
    /// values, it says nothing of single ones.
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

/// What a range holds of a pair.
struct PairActivity {
    std::map<std::int64_t, PairHour> hours;
    DaysOfValues phases;
    DaysOfValues models;
    DaysOfValues regions;
    DaysOfValues networks;
    DaysOfValues clients;

    void add(const Calls& calls);
    /// What only a successful call tells.
    void add_outcome(const Calls& calls);
};

/// What a range of events holds of all pairs.
struct BaselineRange {
    std::map<rules::Baseline::Pair, PairActivity, std::less<>> pairs;
    /// Who assumed roles, by the roles' own rows, which hold nothing else of it.
    std::map<rules::Baseline::Pair, DaysOfValues> parents;
    std::optional<std::int64_t> newest;
    std::uint64_t ahead = 0;
    bool has_makings = false;
};

/// What an activity holds of the time from 1970 to `end`, a second since then. Of later events only
/// the number is kept.
BaselineRange range_of(const HuntActivity& activity, const rules::HuntRules& rules,
                       std::int64_t end);

}  // namespace cloudhijack::detect
