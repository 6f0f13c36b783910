#pragma once

#include "io/byte_stream.hpp"

namespace cloudhijack::scan {

/// The source's bytes, unpacked where they begin as gzip does. Content decides, not a name; several
/// gzip members on end are one text. Where gzip data is damaged or cut off, what was before the
/// damage comes first, then the error.
io::ByteSource unpacked(io::ByteSource source);

}  // namespace cloudhijack::scan
