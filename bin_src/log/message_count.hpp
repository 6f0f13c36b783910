#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>

#include "log/call.hpp"
#include "text/number.hpp"

namespace cloudhijack::log {

/// The number of messages that a call counts for, from the number in its record, limited to 1 to
/// k_most_messages. A text that is not a number counts as one message.
inline std::uint16_t believed_messages(std::string_view count) {
    constexpr std::uint64_t least = 1;
    constexpr std::uint64_t most = k_most_messages;
    const auto number = text::whole_number(count, std::numeric_limits<std::uint64_t>::max());
    return static_cast<std::uint16_t>(std::clamp(number.value_or(least), least, most));
}

}  // namespace cloudhijack::log
