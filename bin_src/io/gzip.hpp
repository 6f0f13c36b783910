#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "io/byte_stream.hpp"
#include "io/window.hpp"

struct libdeflate_decompressor;

namespace cloudhijack::io {

/// How many layers of gzip are taken off: carriers pack what is packed already.
inline constexpr unsigned k_most_layers = 4;

/// The source's bytes, unpacked piece by piece if they begin as gzip does, and again if the text
/// does, up to `layers` times. Content decides, not a name; consecutive gzip members are one text,
/// and zeros up to the end of the source are padding. If gzip data is damaged or cut off, the text
/// before the damage comes first, then the error. More layers than that are an error, too.
ByteSource unpacked(ByteSource source, unsigned layers = k_most_layers);

/// Called before each further piece of a source is read, with the number of bytes that were used
/// since the last call. Its error ends the source.
using ByteObserver = std::function<Result<>(std::size_t)>;

/// Unpacks whole files, one after the other. Files of CloudTrail fit, and libdeflate is twice as
/// fast as zlib but needs all of a file and of its text in memory, and reports nothing of one that
/// is damaged. A file that does not fit, or is damaged, is unpacked piece by piece.
///
/// The memory, up to 2 MiB for a file and 16 MiB for its text, is kept from file to file, because
/// touching fresh memory costs as much as filling it.
class Gunzip {
  public:
    Gunzip();

    /// A window over the source's bytes, unpacked as unpacked() does. It is valid until the next
    /// call, as long as the Gunzip is; `maximum_capacity` is its own. The window reports what
    /// cannot be read, as unpacked() does.
    Window window_over(ByteSource source, std::size_t maximum_capacity) {
        return window_over(std::move(source), maximum_capacity, {}, {});
    }

    /// As above. `on_packed` follows the source's bytes as they are used, which can be long after
    /// they were read, and `on_text` those that they unpack to.
    Window window_over(ByteSource source, std::size_t maximum_capacity, ByteObserver on_packed,
                       ByteObserver on_text);

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
