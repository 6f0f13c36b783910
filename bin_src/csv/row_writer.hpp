#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::csv {

/// Appends one cell, quoted if RFC 4180 requires it.
void append_cell(std::string& out, std::string_view text);

/// Appends cells separated by commas, and a newline.
void append_row(std::string& out, std::span<const std::string> cells);

}  // namespace cloudhijack::csv
