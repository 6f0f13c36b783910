#pragma once

#include <cstddef>
#include <span>

#include "io/byte_stream.hpp"
#include "io/read_ahead.hpp"

namespace cloudhijack::io {

/// The number of first bytes by which zstd is recognised.
inline constexpr std::size_t k_zstd_mark = 4;

/// Whether the bytes begin with those of a zstd frame, or of a skippable frame, with which pzstd
/// begins.
bool begins_as_zstd(std::span<const char> bytes);

/// The base-2 logarithm of the largest window of a frame that is unpacked: 128 MiB, the most that
/// `zstd -d` unpacks without further options. A window is the part of the text that later parts
/// refer to, so it must be in memory.
inline constexpr int k_zstd_window_log = 27;

/// The text of consecutive zstd frames, decompressed piece by piece. Zeros up to the end of the
/// input are padding. If the data is damaged or cut off, the source yields the text before the
/// damage and then the error. A frame with a larger window, or one that needs a dictionary, is an
/// error, too.
ByteSource text_of_zstd(ReadAhead input);

}  // namespace cloudhijack::io
