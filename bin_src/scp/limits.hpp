#pragma once

#include <cstddef>

namespace cloudhijack::scp {

// Caps on what one message may hold. No buffer is sized by a length that came over the pipe; these
// bound what a well-formed but absurd message can cost. Each error names the cap that it met.

/// Subsearches expand into the metadata's `search`, so it can be large.
inline constexpr std::size_t k_metadata_cap = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t k_row_cap = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t k_column_cap = 10'000;
inline constexpr std::size_t k_argument_cap = 1'000;

}  // namespace cloudhijack::scp
