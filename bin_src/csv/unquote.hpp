#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "simd/cpu.hpp"

namespace cloudhijack::csv {

/// Takes the quotes off a cell that begins with one, in place, and returns its value. Quotes behind
/// the closing one stay.
std::string_view unquote_plainly(std::span<char> cell);

/// The same for a cell in which all quotes but the first and the last, which ends it, are doubled.
/// io::k_padding bytes behind the cell must be readable.
std::string_view unquote(std::span<char> cell, simd::Cpu cpu);

/// Writes a text in which all quotes are doubled with single ones, and returns how many bytes that
/// are. `to` has room for the text as it is; io::k_padding bytes behind the text must be readable.
std::size_t halve_quotes(std::string_view text, char* to, simd::Cpu cpu);

}  // namespace cloudhijack::csv
