#pragma once

#include <string>
#include <string_view>

#include "text/quote.hpp"

namespace cloudhijack::config {

/// `invalid value "7"; it accepts a whole number from 0 to 6`. `why` goes into brackets.
inline std::string invalid_value(std::string_view value, std::string_view accepted,
                                 std::string_view why = {}) {
    std::string text = "invalid value " + text::quoted(value);
    if (!why.empty()) text.append(" (").append(why).append(")");
    return text.append("; it accepts ").append(accepted);
}

}  // namespace cloudhijack::config
