#pragma once

#include <string_view>

namespace cloudhijack::text {

/// The characters allowed between the tokens of a JSON text (RFC 8259, section 2), and around the
/// value of a cell.
inline constexpr std::string_view k_blanks = " \t\r\n";

/// The text without the given bytes at either end.
inline std::string_view trimmed(std::string_view text, std::string_view blanks = k_blanks) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace cloudhijack::text
