#pragma once

#include <chrono>
#include <cstddef>

namespace cloudhijack::scp {

// Limits on the size of one message. No buffer is sized by a length that came over the pipe; these
// limits bound the cost of a well-formed but absurdly large message. Each error names the limit
// that was exceeded.

/// In bytes. Subsearches are expanded into the metadata's `search`, so the metadata can be large.
inline constexpr std::size_t k_metadata_cap = std::size_t{16} * 1024 * 1024;
inline constexpr std::size_t k_row_cap = std::size_t{64} * 1024 * 1024;
inline constexpr std::size_t k_column_cap = 10'000;
inline constexpr std::size_t k_argument_cap = 1'000;

// After an error, the rest of the request is read, so that Splunk and the program do not wait for
// each other: at most this many bytes, and until none has arrived for this time.
inline constexpr std::size_t k_most_after_error = std::size_t{256} * 1024 * 1024;
inline constexpr std::chrono::milliseconds k_silence_after_error{500};

}  // namespace cloudhijack::scp
