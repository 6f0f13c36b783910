#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "io/byte_stream.hpp"

namespace cloudhijack {

/// A source that yields its bytes in pieces of at most `piece` bytes, as a pipe may.
inline io::ByteSource in_pieces(std::string bytes, std::size_t piece) {
    return [bytes = std::move(bytes), piece,
            at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
        const std::size_t count = std::min({piece, buffer.size(), bytes.size() - at});
        std::copy_n(bytes.data() + at, count, buffer.data());
        at += count;
        return count;
    };
}

/// A source like a pipe that is cut once: it yields `cut` bytes first, then as many as fit the
/// buffer.
inline io::ByteSource cut_at(std::string bytes, std::size_t cut) {
    return [bytes = std::move(bytes), cut,
            at = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
        const std::size_t end = at < cut ? cut : bytes.size();
        const std::size_t count = std::min(buffer.size(), end - at);
        std::copy_n(bytes.data() + at, count, buffer.data());
        at += count;
        return count;
    };
}

/// A sink that appends to `out`, which must outlive it.
inline io::ByteSink into(std::string& out) {
    return [&out](std::string_view bytes) -> Result<> {
        out += bytes;
        return {};
    };
}

}  // namespace cloudhijack
