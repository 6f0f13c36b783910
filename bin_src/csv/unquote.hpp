#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "simd/cpu.hpp"

namespace cloudhijack::csv {

/// Removes the quotes of a cell that begins with one, in place, and returns its value. Quotes after
/// the closing one stay.
std::string_view unquote_plainly(std::span<char> cell);

/// The same for a cell that ends with a quote and in which all quotes but the first and the last
/// are doubled. io::k_padding bytes after the cell must be readable.
std::string_view unquote(std::span<char> cell, simd::Cpu cpu);

/// Writes a text whose quotes are all doubled with single ones, and returns the number of bytes
/// written. `to` must have room for the whole text; io::k_padding bytes after the text must be
/// readable.
std::size_t halve_quotes(std::string_view text, char* to, simd::Cpu cpu);

}  // namespace cloudhijack::csv
