#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.hpp"

namespace cloudhijack::text {

/// The first `most` bytes of a text for a message, with control characters replaced by dots.
inline std::string shown(std::string_view text, std::size_t most) {
    std::string shown(front_of(text, most));
    std::ranges::replace_if(
        shown, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '.');
    return shown;
}

/// Text of the input for a message: in quotes, shortened to 100 bytes, with control characters
/// replaced by dots.
inline std::string quoted(std::string_view text) {
    constexpr std::size_t most = 100;
    return '"' + shown(text, most) + (text.size() > most ? "...\"" : "\"");
}

}  // namespace cloudhijack::text
