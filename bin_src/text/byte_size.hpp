#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "text/number.hpp"

namespace cloudhijack::text {

/// Parses an amount of memory such as `512M` or `4G`: a whole number with its unit, MiB or GiB. The
/// result is in bytes. nullopt for any other text, and above 1,048,576 units.
inline std::optional<std::uint64_t> byte_size(std::string_view text) {
    constexpr std::uint64_t most = std::uint64_t{1} << 20U;
    if (!text.ends_with('M') && !text.ends_with('G')) return std::nullopt;
    const unsigned shift = text.ends_with('G') ? 30 : 20;
    const auto count = whole_number(text.substr(0, text.size() - 1), most);
    if (!count) return std::nullopt;
    return *count << shift;
}

}  // namespace cloudhijack::text
