#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// Successful use of one service in 60 consecutive minutes, with the known part of its cost.
struct UseWindow {
    static constexpr std::int64_t k_minutes = 60;

    std::int64_t minute = 0;  ///< the first minute, since 1970
    std::int64_t first = 0;   ///< the second of the first call
    std::int64_t last = 0;    ///< the second of the last call
    std::uint64_t calls = 0;
    std::uint64_t messages = 0;
    rules::Cost cost = 0;
    bool begins_with_use = true;  ///< false if there are only notes in the first minute

    [[nodiscard]] std::int64_t start() const { return minute * counting::k_seconds_a_minute; }
    [[nodiscard]] bool holds(const Calls& other) const {
        return other.minute >= minute && other.minute < minute + k_minutes;
    }
};

/// The windows that begin with a minute of use or of known cost, in order.
std::vector<UseWindow> use_windows(const Behaviour& behaviour, std::size_t service);

}  // namespace cloudhijack::detect
