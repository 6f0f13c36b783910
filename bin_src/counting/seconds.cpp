#include "counting/seconds.hpp"

namespace cloudhijack::counting {

void Seconds::add(std::int64_t second) { add_minute(minute_of(second), MinuteBits::of(second)); }

void Seconds::merge(const Seconds& other) {
    for (const auto& [minute, seconds] : other.minutes_) add_minute(minute, seconds);
}

std::int64_t Seconds::first() const {
    const auto& [minute, seconds] = *minutes_.begin();
    return minute * k_seconds_a_minute + seconds.first();
}

Seconds Seconds::from(std::int64_t second) const {
    Seconds later;
    for (auto at = minutes_.lower_bound(minute_of(second)); at != minutes_.end(); ++at) {
        const auto left = SecondsOfMinute{.minute = at->first, .bits = at->second}.from(second);
        if (!left.is_empty())
            later.minutes_.emplace_hint(later.minutes_.end(), at->first, left.bits);
    }
    return later;
}

std::optional<std::int64_t> Seconds::first_from(std::int64_t second) const {
    for (auto at = minutes_.lower_bound(minute_of(second)); at != minutes_.end(); ++at) {
        const std::int64_t start = at->first * k_seconds_a_minute;
        if (const auto found = at->second.first_from(second - start)) return start + *found;
    }
    return std::nullopt;
}

}  // namespace cloudhijack::counting
