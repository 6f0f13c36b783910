#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "text/number.hpp"

namespace cloudhijack::text {

/// Parses a time span such as `90s`, `15m`, `1h` or `2d`: a whole number above 0 with its unit.
/// nullopt for any other text and for a span longer than `longest`.
inline std::optional<std::chrono::seconds> time_span(std::string_view text,
                                                     std::chrono::seconds longest) {
    if (text.empty()) return std::nullopt;
    std::chrono::seconds unit{};
    switch (text.back()) {
        case 's':
            unit = std::chrono::seconds{1};
            break;
        case 'm':
            unit = std::chrono::minutes{1};
            break;
        case 'h':
            unit = std::chrono::hours{1};
            break;
        case 'd':
            unit = std::chrono::days{1};
            break;
        default:
            return std::nullopt;
    }
    const auto most = static_cast<std::uint64_t>(longest / unit);
    const auto count = whole_number(text.substr(0, text.size() - 1), most);
    if (!count || *count == 0) return std::nullopt;
    return unit * static_cast<std::int64_t>(*count);
}

}  // namespace cloudhijack::text
