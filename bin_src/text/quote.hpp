#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "text/utf8.hpp"

namespace cloudhijack::text {

/// Text of the input as a message can show it: in quotes, short, control characters as dots.
inline std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 100;
    std::string quoted = '"' + std::string(front_of(text, shown));
    std::ranges::replace_if(
        quoted, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '.');
    return quoted + (text.size() > shown ? "...\"" : "\"");
}

}  // namespace cloudhijack::text
