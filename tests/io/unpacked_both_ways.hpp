#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <string>

#include "byte_pieces.hpp"
#include "io/unpacked.hpp"

namespace cloudhijack::io {

/// Unpacks piece by piece and at once; the results must be the same. Before damage, one of them may
/// have more text than the other, because zlib decides how much it yields.
inline Unpacked unpack(const std::function<io::ByteSource()>& source, std::size_t piece = 100) {
    static io::Unpacker unpacker;
    Unpacked made = unpack_by_pieces(source(), piece);
    const Unpacked at_once = unpack_in(unpacker, source());
    CHECK(at_once.error == made.error);
    if (made.error.empty()) {
        CHECK(at_once.text == made.text);
    } else {
        CHECK((at_once.text.starts_with(made.text) || made.text.starts_with(at_once.text)));
    }
    return made;
}

inline Unpacked unpack(const std::string& bytes, std::size_t from = 1'000, std::size_t into = 100) {
    return unpack([&] { return in_pieces(bytes, from); }, into);
}

/// A text of numbers, each with a blank after it.
inline std::string numbers(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += std::to_string(i * 7919LL) + ' ';
    return text;
}

}  // namespace cloudhijack::io
