#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "result.hpp"
#include "text/time.hpp"

namespace cloudhijack::scan {

/// The range of time of which a scan counts the events.
struct TimeRange {
    std::optional<text::Time> from;  ///< inclusive; none: there is no earliest time
    std::optional<text::Time> to;    ///< exclusive; none: there is no latest time

    bool operator==(const TimeRange&) const = default;

    [[nodiscard]] bool is_unlimited() const { return !from && !to; }

    [[nodiscard]] bool contains(text::Time time) const {
        return (!from || time >= *from) && (!to || time < *to);
    }

    /// Whether the two ranges have a time in common.
    [[nodiscard]] bool overlaps(const TimeRange& other) const {
        return (!from || !other.to || *from < *other.to) &&
               (!other.from || !to || *other.from < *to);
    }

    /// Whether the range has a time in common with the one from `begin` up to, but not including,
    /// `end`.
    [[nodiscard]] bool overlaps(text::Time begin, text::Time end) const {
        return (!from || end > *from) && (!to || begin < *to);
    }
};

/// The values of `--from` and `--to`, in words.
inline constexpr std::string_view k_when =
    "an ISO 8601 time (UTC unless it has an offset) such as 2026-03-11T11:45Z, a date such as "
    "2026-03-11 (00:00 UTC), or a time span before now in s, m, h, d or w, such as 7d";

/// Reads the values of `--from` and `--to`; `now` is the time from which spans count back. The
/// error names the option.
Result<TimeRange> read_time_range(const std::optional<std::string>& from,
                                  const std::optional<std::string>& to, text::Time now);

/// `2026-03-11T00:00:00Z to 2026-03-12T00:00:00Z`; the range must not be unlimited.
std::string in_words(const TimeRange& range);

/// `the time range (2026-03-11T00:00:00Z to 2026-03-12T00:00:00Z)`; `the time range` if it is
/// unlimited, for a caller that does not know it.
std::string with_name(const TimeRange& range);

}  // namespace cloudhijack::scan
