#pragma once

#include <string_view>

#include "io/byte_stream.hpp"

namespace cloudhijack::io {

/// What a gzip member begins with.
inline constexpr std::string_view k_gzip_magic = "\x1f\x8b";

/// The source's bytes, unpacked piece by piece where they begin as gzip does. Content decides, not
/// a name; several gzip members on end are one text. Where gzip data is damaged or cut off, what
/// was before the damage comes first, then the error.
io::ByteSource unpacked(io::ByteSource source);

}  // namespace cloudhijack::io
