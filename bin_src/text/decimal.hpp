#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "text/characters.hpp"

namespace cloudhijack::text {

/// Parses an unsigned decimal number such as `0.035` and returns it in units of its last of
/// `places` decimal places; further digits are truncated. nullopt for any other text. The result is
/// capped at `most` units.
inline std::optional<std::uint64_t> decimal_units(std::string_view number, std::size_t places,
                                                  std::uint64_t most) {
    const auto point = number.find('.');
    const std::string_view whole = number.substr(0, point);
    const std::string_view part =
        point == std::string_view::npos ? std::string_view{} : number.substr(point + 1);
    const bool is_number = !(whole.empty() && part.empty()) &&
                           std::ranges::all_of(whole, is_digit) &&
                           std::ranges::all_of(part, is_digit);
    if (!is_number) return std::nullopt;
    std::uint64_t units = 0;
    const auto add = [&units, most](char digit) {
        const auto value = static_cast<std::uint64_t>(digit - '0');
        units = value > most || units > (most - value) / 10 ? most : units * 10 + value;
    };
    std::ranges::for_each(whole, add);
    for (std::size_t place = 0; place < places; ++place) {
        add(place < part.size() ? part[place] : '0');
    }
    return units;
}

/// The reverse: a number of units as a decimal number with `places` decimal places, such as
/// `12.0350`.
inline std::string decimal_text(std::uint64_t units, std::size_t places) {
    std::string text = std::to_string(units);
    if (text.size() <= places) text.insert(0, places + 1 - text.size(), '0');
    text.insert(text.size() - places, 1, '.');
    return text;
}

}  // namespace cloudhijack::text
