#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::output {

/// Makes text safe for a terminal: replaces bytes that are not UTF-8, and every character that
/// would move the cursor, change the direction of text or be invisible. If `width` is not 0, the
/// text is cut in the middle to that many columns.
std::string for_terminal(std::string_view text, std::size_t width);

/// The most columns that valid UTF-8 can take on a terminal.
std::size_t terminal_columns(std::string_view text);

}  // namespace cloudhijack::output
