#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Text of the input as a message can show it: in quotes, short, control characters as dots.
inline std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 100;
    std::string quoted = '"' + std::string(text.substr(0, shown));
    std::ranges::replace_if(
        quoted, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, '.');
    return quoted + (text.size() > shown ? "...\"" : "\"");
}

}  // namespace cloudhijack::text
