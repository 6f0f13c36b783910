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

/// The source's bytes, unpacked piece by piece if they begin as gzip does. Content decides, not a
/// name; consecutive gzip members are one text. If gzip data is damaged or cut off, the text before
/// the damage comes first, then the error.
ByteSource unpacked(ByteSource source);

/// Unpacks whole files, one after the other. Files of CloudTrail fit, and libdeflate is twice as
/// fast as zlib but needs all of a file and of its text in memory, and reports nothing of one that
/// is damaged. A file that does not fit, or is damaged, is unpacked piece by piece.
///
/// The memory, up to 2 MiB for a file and 16 MiB for its text, is kept from file to file, because
/// touching fresh memory costs as much as filling it.
class Gunzip {
  public:
    Gunzip();

    /// A window over the source's bytes, unpacked if they begin as gzip does. It is valid until the
    /// next call, as long as the Gunzip is; `maximum_capacity` is its own. The window reports what
    /// cannot be read, as unpacked() does.
    Window window_over(ByteSource source, std::size_t maximum_capacity);

  private:
    struct DecompressorEnd {
        void operator()(libdeflate_decompressor* decompressor) const;
    };

    /// The bytes that a source begins with.
    struct Beginning {
        std::span<const char> bytes;
        bool is_all = false;
        std::optional<Error> error;  ///< what followed them
    };

    Beginning read_beginning(ByteSource& source);
    std::optional<std::span<char>> unpack(std::span<const char> packed);
    void widen_text(std::size_t room, std::size_t used);

    std::unique_ptr<libdeflate_decompressor, DecompressorEnd> decompressor_;
    std::vector<char> packed_;
    std::unique_ptr<char[]> text_;
    std::size_t text_room_ = 0;  ///< without k_padding
};

}  // namespace cloudhijack::io
