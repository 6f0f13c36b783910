#pragma once

#include <cstddef>
#include <string>

namespace cloudhijack::scp {

// Caps on what one message may hold. No buffer is sized by a length that came over the pipe; these
// bound what a well-formed but absurd message can cost. Each error names the cap that it met.

/// Subsearches expand into the metadata's `search`, so it can be large.
inline constexpr std::size_t k_metadata_cap = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t k_row_cap = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t k_column_cap = 10'000;
inline constexpr std::size_t k_argument_cap = 1'000;

/// "16 MiB", for messages; `bytes` is a multiple of 1 MiB.
inline std::string in_mebibytes(std::size_t bytes) {
    return std::to_string(bytes / (std::size_t{1024} * 1024)) + " MiB";
}

}  // namespace cloudhijack::scp
