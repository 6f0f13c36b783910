#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "text/lower_case.hpp"

namespace cloudhijack::text {

/// Parses a boolean as Splunk's conf files spell it, in any case.
inline std::optional<bool> boolean(std::string_view text) {
    constexpr std::array<std::string_view, 5> yes = {"1", "true", "t", "yes", "y"};
    constexpr std::array<std::string_view, 5> no = {"0", "false", "f", "no", "n"};
    const std::string word = in_lower_case(text);
    if (std::ranges::find(yes, word) != yes.end()) return true;
    if (std::ranges::find(no, word) != no.end()) return false;
    return std::nullopt;
}

}  // namespace cloudhijack::text
