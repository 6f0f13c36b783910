#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.hpp"

namespace cloudhijack::text {

/// The longest text, in bytes, that the keys of an activity hold. AWS's ARNs are shorter. The limit
/// lets every item of a partial document fit into one (see partial/document.hpp), even if a record
/// is forged.
inline constexpr std::size_t k_longest_text = 1024;

/// Replaces a value that an event does not state.
inline constexpr std::string_view k_unknown = "unknown";

/// The text, or its first bytes and its length if it is too long.
inline std::string bounded(std::string_view text) {
    if (text.size() <= k_longest_text) return std::string(text);
    constexpr std::size_t kept = 1000;
    return std::string(text::front_of(text, kept)) + "... (" + std::to_string(text.size()) +
           " bytes)";
}

}  // namespace cloudhijack::text
