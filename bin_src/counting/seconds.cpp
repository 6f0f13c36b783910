#include "counting/seconds.hpp"

#include <bit>

namespace cloudhijack::counting {

void Seconds::add(std::int64_t second) {
    const std::int64_t minute = minute_of(second);
    minutes_[minute] |= std::uint64_t{1} << static_cast<unsigned>(second - minute * 60);
}

void Seconds::merge(const Seconds& other) {
    for (const auto& [minute, bits] : other.minutes_) minutes_[minute] |= bits;
}

std::int64_t Seconds::first() const {
    const auto& [minute, bits] = *minutes_.begin();
    return minute * k_seconds_a_minute + std::countr_zero(bits);
}

std::optional<std::int64_t> Seconds::first_from(std::int64_t second) const {
    const std::int64_t minute = minute_of(second);
    for (auto at = minutes_.lower_bound(minute); at != minutes_.end(); ++at) {
        std::uint64_t bits = at->second;
        if (at->first == minute) {
            bits &= ~std::uint64_t{0} << static_cast<unsigned>(second - minute * 60);
        }
        if (bits != 0) return at->first * 60 + std::countr_zero(bits);
    }
    return std::nullopt;
}

}  // namespace cloudhijack::counting
