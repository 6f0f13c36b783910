#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "io/byte_stream.hpp"
#include "io/read_ahead.hpp"

struct libdeflate_decompressor;

namespace cloudhijack::io {

/// The number of first bytes by which gzip is recognised.
inline constexpr std::size_t k_gzip_mark = 2;

/// Whether the bytes begin with those of a gzip member.
bool begins_as_gzip(std::span<const char> bytes);

/// The text of consecutive gzip members, decompressed piece by piece with zlib. Zeros up to the end
/// of the input are padding. If the data is damaged or cut off, the source yields the text before
/// the damage and then the error.
ByteSource text_of_gzip(ReadAhead input);

/// Unpacks whole gzip files in memory, one after the other, with libdeflate. It is twice as fast as
/// zlib, but yields nothing from a damaged file.
///
/// The memory for the text, up to 16 MiB, is kept from file to file, because touching fresh memory
/// costs as much as filling it.
class Gunzip {
  public:
    Gunzip();

    /// The text of consecutive members, up to any padding after them, followed by k_padding
    /// readable bytes; valid until the next call. nullopt if a member is damaged or has a header
    /// checksum, or if the text is too long: text_of_gzip() reads such a file.
    std::optional<std::span<char>> unpack(std::span<const char> packed);

  private:
    struct DecompressorEnd {
        void operator()(libdeflate_decompressor* decompressor) const;
    };

    void widen_text(std::size_t room, std::size_t used);

    std::unique_ptr<libdeflate_decompressor, DecompressorEnd> decompressor_;
    std::unique_ptr<char[]> text_;
    std::size_t text_room_ = 0;  ///< bytes, without k_padding
};

}  // namespace cloudhijack::io
