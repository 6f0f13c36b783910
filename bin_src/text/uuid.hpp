#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace cloudhijack::text {

/// Whether a text has the form of a UUID: 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.
inline bool is_uuid(std::string_view text) {
    static constexpr auto is_hex_digit = [] {
        std::array<bool, 256> table{};
        for (const char c : std::string_view("0123456789abcdefABCDEF")) {
            table[static_cast<unsigned char>(c)] = true;
        }
        return table;
    }();
    if (text.size() != 36) return false;
    bool is_right = true;
    for (std::size_t i = 0; i < 36; ++i) {
        const bool is_dash_place = i == 8 || i == 13 || i == 18 || i == 23;
        is_right &=
            is_dash_place ? text[i] == '-' : is_hex_digit[static_cast<unsigned char>(text[i])];
    }
    return is_right;
}

/// Whether a text is a UUID other than the all-zero one, which logs write if there is no id.
inline bool is_nonzero_uuid(std::string_view text) {
    return is_uuid(text) && text.find_first_not_of("0-") != std::string_view::npos;
}

/// The text, or an empty one if it consists of zeros, with or without dashes: logs write such an id
/// if there is none.
inline std::string_view nonzero_id(std::string_view text) {
    const bool names_something = text.find_first_not_of("0-") != std::string_view::npos;
    return names_something ? text : std::string_view{};
}

}  // namespace cloudhijack::text
