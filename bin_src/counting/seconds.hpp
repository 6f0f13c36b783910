#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace cloudhijack::counting {

inline constexpr std::int64_t k_seconds_a_minute = 60;
inline constexpr std::int64_t k_seconds_an_hour = 3600;

/// Whole units since 1970 at a second; before 1970 they are negative.
constexpr std::int64_t units_at(std::int64_t second, std::int64_t seconds_a_unit) {
    const std::int64_t into = (second % seconds_a_unit + seconds_a_unit) % seconds_a_unit;
    return (second - into) / seconds_a_unit;
}
constexpr std::int64_t minute_of(std::int64_t second) {
    return units_at(second, k_seconds_a_minute);
}
constexpr std::int64_t hour_of(std::int64_t second) { return units_at(second, k_seconds_an_hour); }

/// The seconds, since 1970, in which something happened; a few bytes for each minute.
class Seconds {
  public:
    void add(std::int64_t second);
    /// The seconds of a minute, as minutes() gives them.
    void add_minute(std::int64_t minute, std::uint64_t bits) { minutes_[minute] |= bits; }
    void merge(const Seconds& other);

    [[nodiscard]] bool is_empty() const { return minutes_.empty(); }
    /// Of seconds that are not empty.
    [[nodiscard]] std::int64_t first() const;
    /// The first one at or after a second; nullopt behind the last.
    [[nodiscard]] std::optional<std::int64_t> first_from(std::int64_t second) const;
    /// By minutes since 1970; bit s: second s of the minute.
    [[nodiscard]] const std::map<std::int64_t, std::uint64_t>& minutes() const { return minutes_; }
    /// Calls `take(second)` for each, in order.
    void for_each(auto take) const {
        for (const auto& [minute, bits] : minutes_) {
            for (int second = 0; second < 60; ++second) {
                if ((bits >> static_cast<unsigned>(second) & 1U) != 0) take(minute * 60 + second);
            }
        }
    }

  private:
    std::map<std::int64_t, std::uint64_t> minutes_;
};

}  // namespace cloudhijack::counting
