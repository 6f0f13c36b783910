#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// The small letter of a capital of ASCII; any other byte as it is.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A text with the capitals of ASCII as small letters, in any locale.
inline std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), to_lower);
    return lower;
}

/// Whether two texts are the same but for the case of letters of ASCII.
inline bool same_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace cloudhijack::text
