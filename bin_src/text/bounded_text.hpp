#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.hpp"

namespace cloudhijack::text {

/// The longest text that keys of an activity hold. AWS's ARNs stay below it; it lets every item of
/// a partial document fit into one (see partial/document.hpp), whatever a forged record says.
inline constexpr std::size_t k_longest_text = 1024;

/// Stands for what an event does not tell.
inline constexpr std::string_view k_unknown = "unknown";

/// The text, or its first bytes and how long it was.
inline std::string bounded(std::string_view text) {
    if (text.size() <= k_longest_text) return std::string(text);
    constexpr std::size_t kept = 1000;
    return std::string(text::front_of(text, kept)) + "... (" + std::to_string(text.size()) +
           " bytes)";
}

}  // namespace cloudhijack::text
