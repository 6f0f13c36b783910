#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::output {

/// Text as a terminal can show it: bytes that are not UTF-8 replaced, and every character that
/// would move the cursor, turn the direction of text or hide. Cut in the middle to `width` columns,
/// where that is not 0.
std::string for_terminal(std::string_view text, std::size_t width);

/// The most columns of a terminal that valid UTF-8 takes.
std::size_t terminal_columns(std::string_view text);

}  // namespace cloudhijack::output
