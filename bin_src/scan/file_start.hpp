#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::scan {

/// The properties of a file that the start of its unpacked text shows.
struct FileStart {
    bool is_json = true;  ///< it begins with { or [, or it is empty
    /// For a format that can hold logs but that scan does not read: why the file is not read, and
    /// what to do. Empty for all other files.
    std::string unread;
};

/// The number of bytes that suffice to recognise a format.
inline constexpr std::size_t k_format_bytes = std::size_t{16} * 1024;

/// Why scan does not read a file with this start, which is not JSON: `is Parquet, which scan does
/// not read; ...`. Empty if the start is not that of a known format. The content decides, not a
/// file name: `tar`, archives and compression other than gzip and zstd, tables (Parquet, ORC,
/// Avro), UTF-16 and UTF-32, and CSV, which is a header of two or more names above rows that do not
/// contain JSON in readable form.
std::string unread_format(std::string_view beginning);

/// Examines the start of the window and removes a UTF-8 byte order mark. The error is the source's.
Result<FileStart> look_at_start(io::Window& window);

}  // namespace cloudhijack::scan
