#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "io/byte_stream.hpp"
#include "io/window.hpp"

struct libdeflate_decompressor;

namespace cloudhijack::io {

/// Room to unpack files at once, one after the other. Files of CloudTrail fit, and libdeflate is
/// twice as fast as zlib but needs all of a file and of its text in memory, and tells nothing of
/// one that is damaged. What does not fit, or is damaged, is unpacked piece by piece.
///
/// The room, up to 2 MiB for a file and 16 MiB for its text, is kept from file to file, for to
/// touch fresh memory costs as much as to fill it.
class UnpackRoom {
  public:
    UnpackRoom();

    /// A window over the source's bytes, unpacked where they begin as gzip does. It is valid until
    /// the next call, as long as the room is; `maximum_capacity` is its own. What cannot be read is
    /// told by the window, as unpacked() tells it.
    io::Window window_over(io::ByteSource source, std::size_t maximum_capacity);

  private:
    struct DecompressorEnd {
        void operator()(libdeflate_decompressor* decompressor) const;
    };

    /// The bytes that a source begins with.
    struct Beginning {
        std::span<const char> bytes;
        bool is_all = false;
        std::optional<Error> error;  ///< what came behind them
    };

    Beginning read_beginning(io::ByteSource& source);
    std::optional<std::span<char>> unpack(std::span<const char> packed);
    void widen_text(std::size_t room, std::size_t used);

    std::unique_ptr<libdeflate_decompressor, DecompressorEnd> decompressor_;
    std::vector<char> packed_;
    std::unique_ptr<char[]> text_;
    std::size_t text_room_ = 0;  ///< without io::k_padding
};

}  // namespace cloudhijack::io
