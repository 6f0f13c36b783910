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

/// The most layers of gzip that are removed: log shippers compress files that are compressed
/// already.
inline constexpr unsigned k_most_layers = 4;

/// The source's bytes, decompressed piece by piece if they begin as gzip does, and again if the
/// result does, up to `layers` times. The content decides, not a file name. Consecutive gzip
/// members form one text, and zeros up to the end of the source are padding. If gzip data is
/// damaged or cut off, the source yields the text before the damage and then the error. More layers
/// are an error, too.
ByteSource unpacked(ByteSource source, unsigned layers = k_most_layers);

/// Called before each further piece of a source is read, with the number of bytes used since the
/// last call. An error that it returns ends the source.
using ByteObserver = std::function<Result<>(std::size_t)>;

/// Unpacks whole files, one after the other. CloudTrail's files are small enough for libdeflate,
/// which is twice as fast as zlib but needs the whole file and its whole text in memory, and yields
/// nothing from a damaged file. A file that is too large or damaged is unpacked piece by piece with
/// zlib.
///
/// The memory, up to 2 MiB for a file and 16 MiB for its text, is kept from file to file, because
/// touching fresh memory costs as much as filling it.
class Gunzip {
  public:
    Gunzip();

    /// A window over the source's bytes, decompressed as unpacked() does. It is valid until the
    /// next call and as long as the Gunzip; `maximum_capacity` is the window's. Reading from the
    /// window reports the same errors as unpacked(). It is valid until the next call, as long as
    /// the Gunzip is; `maximum_capacity` is its own. The window reports what cannot be read, as
    /// unpacked() does.
    Window window_over(ByteSource source, std::size_t maximum_capacity) {
        return window_over(std::move(source), maximum_capacity, {}, {});
    }

    /// As above. `on_packed` observes the source's bytes when they are used, which can be long
    /// after they were read; `on_text` observes the decompressed bytes.
    Window window_over(ByteSource source, std::size_t maximum_capacity, ByteObserver on_packed,
                       ByteObserver on_text);

  private:
    struct DecompressorEnd {
        void operator()(libdeflate_decompressor* decompressor) const;
    };

    /// The first bytes of a source.
    struct Beginning {
        std::span<const char> bytes;
        bool is_all = false;
        std::optional<Error> error;  ///< the source's error after these bytes
    };

    Beginning read_beginning(ByteSource& source);
    std::optional<std::span<char>> unpack(std::span<const char> packed);
    void widen_text(std::size_t room, std::size_t used);

    std::unique_ptr<libdeflate_decompressor, DecompressorEnd> decompressor_;
    std::vector<char> packed_;
    std::unique_ptr<char[]> text_;
    std::size_t text_room_ = 0;  ///< bytes, without k_padding
};

}  // namespace cloudhijack::io
