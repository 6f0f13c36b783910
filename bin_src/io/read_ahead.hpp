#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "io/byte_stream.hpp"

namespace cloudhijack::io {

/// A source, and the bytes that were read ahead from it.
class ReadAhead {
  public:
    explicit ReadAhead(ByteSource source);

    /// The bytes that were read and not consumed, valid until the next call that reads.
    [[nodiscard]] std::span<char> bytes() {
        return std::span(buffer_).subspan(begin_, end_ - begin_);
    }

    void consume(std::size_t count) { begin_ += count; }

    /// Reads more, following bytes(), which must be shorter than 64 KiB; false at the end of the
    /// source.
    Result<bool> more();

    /// Reads until there are `count` bytes, or up to the end.
    Result<> fill(std::size_t count);

    /// Whether there are only zeros up to the end of the source. If so, they are consumed: zeros
    /// after compressed data pad a block of a tape or a disk.
    Result<bool> pass_padding();

    /// The bytes that follow bytes().
    ByteSource& source() { return source_; }

  private:
    ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// Whether all the bytes are zeros, as the padding after compressed data is.
bool is_padding(std::span<const char> bytes);

}  // namespace cloudhijack::io
