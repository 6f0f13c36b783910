#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>

namespace cloudhijack::counting {

inline constexpr std::int64_t k_seconds_a_minute = 60;
inline constexpr std::int64_t k_seconds_an_hour = 3'600;
inline constexpr std::int64_t k_seconds_a_day = 86'400;

/// The start of the unit that contains a second, in seconds since 1970. Units begin at multiples of
/// their length, before 1970 as well.
constexpr std::int64_t start_of_unit(std::int64_t second, std::int64_t seconds_a_unit) {
    return second - (second % seconds_a_unit + seconds_a_unit) % seconds_a_unit;
}
/// The unit since 1970 that contains a second; negative before 1970.
constexpr std::int64_t minute_of(std::int64_t second) {
    return start_of_unit(second, k_seconds_a_minute) / k_seconds_a_minute;
}
constexpr std::int64_t hour_of(std::int64_t second) {
    return start_of_unit(second, k_seconds_an_hour) / k_seconds_an_hour;
}
constexpr std::int32_t day_of(std::int64_t second) {
    return static_cast<std::int32_t>(start_of_unit(second, k_seconds_a_day) / k_seconds_a_day);
}

/// Some of the 60 seconds of a minute.
struct MinuteBits {
    static constexpr std::uint64_t k_all = (std::uint64_t{1} << 60U) - 1;

    std::uint64_t bits = 0;  ///< bit s: second s of the minute

    /// The bit of a second of its minute. The second is counted from 1970, or from the start of an
    /// hour.
    static constexpr MinuteBits of(std::int64_t second) {
        return {std::uint64_t{1} << static_cast<unsigned>(
                    second - start_of_unit(second, k_seconds_a_minute))};
    }

    constexpr void add(MinuteBits other) { bits |= other.bits; }

    /// The first and the last second; the set must not be empty.
    [[nodiscard]] constexpr std::int64_t first() const { return std::countr_zero(bits); }
    [[nodiscard]] constexpr std::int64_t last() const { return 63 - std::countl_zero(bits); }
    /// The first second at or after the given one, which may be before or after the minute.
    [[nodiscard]] constexpr std::optional<std::int64_t> first_from(std::int64_t second) const {
        if (second >= k_seconds_a_minute) return std::nullopt;
        const unsigned skipped = second > 0 ? static_cast<unsigned>(second) : 0;
        const std::uint64_t later = bits >> skipped << skipped;
        return later == 0 ? std::nullopt : std::optional<std::int64_t>(std::countr_zero(later));
    }

    /// The seconds before a given one, which may be before or after the minute.
    [[nodiscard]] constexpr MinuteBits before(std::int64_t second) const {
        if (second >= k_seconds_a_minute) return *this;
        const std::uint64_t later =
            second > 0 ? ~std::uint64_t{0} << static_cast<unsigned>(second) : ~std::uint64_t{0};
        return {bits & ~later};
    }
    [[nodiscard]] constexpr MinuteBits without(MinuteBits other) const {
        return {bits & ~other.bits};
    }

    auto operator<=>(const MinuteBits&) const = default;
};

/// Some seconds of one minute. They are given since 1970, and need not be in the minute.
struct SecondsOfMinute {
    std::int64_t minute = 0;  ///< since 1970
    MinuteBits bits;

    [[nodiscard]] constexpr std::int64_t start() const { return minute * k_seconds_a_minute; }
    [[nodiscard]] constexpr bool is_empty() const { return bits.bits == 0; }
    /// The first and the last second; the set must not be empty.
    [[nodiscard]] constexpr std::int64_t first() const { return start() + bits.first(); }
    [[nodiscard]] constexpr std::int64_t last() const { return start() + bits.last(); }
    [[nodiscard]] constexpr std::optional<std::int64_t> first_from(std::int64_t second) const {
        const auto found = bits.first_from(offset_of(second));
        return found ? std::optional(start() + *found) : std::nullopt;
    }
    [[nodiscard]] constexpr SecondsOfMinute before(std::int64_t second) const {
        return {.minute = minute, .bits = bits.before(offset_of(second))};
    }
    [[nodiscard]] constexpr SecondsOfMinute from(std::int64_t second) const {
        return {.minute = minute, .bits = bits.without(before(second).bits)};
    }
    /// Calls `take(second)` for each second, in order.
    void for_each(auto take) const {
        for (std::uint64_t left = bits.bits; left != 0; left &= left - 1) {
            take(start() + std::countr_zero(left));
        }
    }

    auto operator<=>(const SecondsOfMinute&) const = default;

  private:
    /// Without overflow, however far away the second is.
    [[nodiscard]] constexpr std::int64_t offset_of(std::int64_t second) const {
        const std::int64_t other = minute_of(second);
        if (other < minute) return -1;
        return other > minute ? k_seconds_a_minute : second - start();
    }
};

/// The seconds, since 1970, in which something happened; needs a few bytes per minute.
class Seconds {
  public:
    void add(std::int64_t second);
    void add_minute(std::int64_t minute, MinuteBits seconds) { minutes_[minute].add(seconds); }
    void merge(const Seconds& other);

    [[nodiscard]] bool is_empty() const { return minutes_.empty(); }
    [[nodiscard]] bool contains(std::int64_t second) const { return first_from(second) == second; }
    /// The seconds at or after the given one.
    [[nodiscard]] Seconds from(std::int64_t second) const;
    /// The first second; the set must not be empty.
    [[nodiscard]] std::int64_t first() const;
    /// The first second at or after the given one; nullopt if there is none.
    [[nodiscard]] std::optional<std::int64_t> first_from(std::int64_t second) const;
    /// The seconds by minute; minutes are counted from 1970.
    [[nodiscard]] const std::map<std::int64_t, MinuteBits>& minutes() const { return minutes_; }
    /// Calls `take(second)` for each second, in order.
    void for_each(auto take) const {
        for_each_minute([&take](const SecondsOfMinute& seconds) { seconds.for_each(take); });
    }
    /// Calls `take(seconds)` for the SecondsOfMinute of each minute, in order. Documents of others
    /// can have all seconds of a minute in few bytes, so work for each minute is better than work
    /// for each second.
    void for_each_minute(auto take) const {
        for (const auto& [minute, bits] : minutes_) {
            take(SecondsOfMinute{.minute = minute, .bits = bits});
        }
    }

  private:
    std::map<std::int64_t, MinuteBits> minutes_;
};

}  // namespace cloudhijack::counting
