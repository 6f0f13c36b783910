#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "detect/row.hpp"

namespace cloudhijack::output {

enum class Format : std::uint8_t { table, csv, ndjson, html };

/// One JSON object per line: columns become keys, multivalues arrays, and numbers JSON numbers.
std::string to_ndjson(std::span<const detect::Column> columns, std::span<const detect::Row> rows);

/// CSV with a header; the values of a multivalue are separate lines in one cell. Unless `raw`, a
/// cell that a spreadsheet would read as a formula (one that begins with `=`, `+`, `-` or `@`) is
/// prefixed with a `'`.
std::string to_csv(std::span<const detect::Column> columns, std::span<const detect::Row> rows,
                   bool raw);

}  // namespace cloudhijack::output
