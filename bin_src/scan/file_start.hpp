#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::scan {

/// What the beginning of a file's text, unpacked, says of it.
struct FileStart {
    bool is_json = true;  ///< it begins with { or [, or it is empty
    /// Of a format that can hold logs and that scan does not read: why the file is not read, and
    /// what to do. Empty for all other files.
    std::string unread;
};

/// As many bytes as tell a format, unless there are fewer.
inline constexpr std::size_t k_format_bytes = std::size_t{16} * 1024;

/// Why a file is not read whose text, which does not begin as JSON, begins so: `is Parquet, which
/// scan does not read; ...`. Empty where the beginning is of no known format. Content decides, not
/// a name: `tar`, archives and other compressions than gzip, tables (Parquet, ORC, Avro), UTF-16
/// and UTF-32, and CSV, which is a header of two or more names over rows that do not hold JSON as
/// it is.
std::string unread_format(std::string_view beginning);

/// Looks at what the window begins with, and takes a byte order mark of UTF-8 off. The error is the
/// source's.
Result<FileStart> look_at_start(io::Window& window);

}  // namespace cloudhijack::scan
