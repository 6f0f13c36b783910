#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::csv {

/// Appends one cell, quoted where it must be (RFC 4180).
void append_cell(std::string& out, std::string_view text);

/// Appends cells parted by commas and a newline.
void append_row(std::string& out, std::span<const std::string> cells);

}  // namespace cloudhijack::csv
