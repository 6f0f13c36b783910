#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "io/byte_stream.hpp"
#include "io/unpack.hpp"
#include "io/window.hpp"

namespace cloudhijack::io {

/// The text of a packed source, and the error after it.
struct Unpacked {
    std::string text;
    std::string error;
};

/// Unpacks piece by piece until there are `enough` bytes: a small input can unpack to gigabytes.
inline Unpacked unpack_by_pieces(io::ByteSource source, std::size_t piece,
                                 std::size_t enough = std::numeric_limits<std::size_t>::max()) {
    auto unpacked = io::unpacked(std::move(source));
    Unpacked made;
    std::string buffer(piece, '\0');
    while (made.text.size() < enough) {
        const auto count = unpacked(buffer);
        if (!count) made.error = count.error().text;
        if (!count || *count == 0) return made;
        made.text += std::string_view(buffer).substr(0, *count);
    }
    made.text.resize(enough);
    return made;
}

/// The same with an Unpacker, which unpacks the source at once if it can.
inline Unpacked unpack_in(Unpacker& unpacker, io::ByteSource source,
                          std::size_t enough = std::numeric_limits<std::size_t>::max()) {
    io::Window window = unpacker.window_over(std::move(source), io::Window::k_initial_capacity);
    Unpacked made;
    while (true) {
        const auto bytes = window.unread();
        made.text.append(bytes.data(), bytes.size());
        window.consume(bytes.size());
        if (made.text.size() >= enough) break;
        const auto fill = window.more();
        if (!fill) made.error = fill.error().text;
        if (!fill || *fill == io::Window::Fill::end) return made;
    }
    made.text.resize(enough);
    return made;
}

}  // namespace cloudhijack::io
