#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "io/byte_stream.hpp"
#include "io/gzip.hpp"
#include "io/window.hpp"

namespace cloudhijack::io {

/// The most layers of gzip and zstd that are removed: log shippers compress files that are
/// compressed already.
inline constexpr unsigned k_most_layers = 4;

/// The source's bytes, decompressed piece by piece if they begin as gzip or zstd does, and again if
/// the result does, up to `layers` times. The content decides, not a file name. Consecutive gzip
/// members or zstd frames form one text, and zeros up to the end of the source are padding. If the
/// data is damaged or cut off, the source yields the text before the damage and then the error.
/// More layers are an error, too.
ByteSource unpacked(ByteSource source, unsigned layers = k_most_layers);

/// Called before each further piece of a source is read, with the number of bytes used since the
/// last call. An error that it returns ends the source.
using ByteObserver = std::function<Result<>(std::size_t)>;

/// Unpacks files, one after the other. Gzip files that fit into its memory are unpacked at once:
/// CloudTrail's are small enough. Files that are too large or damaged, and those of zstd, are
/// unpacked piece by piece.
///
/// The memory, up to 2 MiB for a gzip file and 16 MiB for its text, is kept from file to file.
class Unpacker {
  public:
    Unpacker();

    /// A window over the source's bytes, decompressed as unpacked() does. It is valid until the
    /// next call and as long as the Unpacker; `maximum_capacity` is the window's. Reading from the
    /// window reports the same errors as unpacked().
    Window window_over(ByteSource source, std::size_t maximum_capacity) {
        return window_over(std::move(source), maximum_capacity, {}, {});
    }

    /// As above. `on_packed` observes the source's bytes when they are used, which can be long
    /// after they were read; `on_text` observes the decompressed bytes.
    Window window_over(ByteSource source, std::size_t maximum_capacity, ByteObserver on_packed,
                       ByteObserver on_text);

  private:
    /// The first bytes of a source.
    struct Beginning {
        std::span<const char> bytes;
        bool is_all = false;
        std::optional<Error> error;  ///< the source's error after these bytes
    };

    Beginning read_beginning(ByteSource& source);

    Gunzip gunzip_;
    std::vector<char> packed_;
};

}  // namespace cloudhijack::io
