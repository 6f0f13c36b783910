#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// An ASCII capital as a lower-case letter; any other byte unchanged.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A text with its ASCII capitals in lower case, independently of the locale.
inline std::string in_lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), to_lower);
    return lower;
}

/// Whether two texts are equal if the case of ASCII letters is ignored.
inline bool same_in_any_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

}  // namespace cloudhijack::text
