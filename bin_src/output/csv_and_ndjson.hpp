#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "detect/row.hpp"

namespace cloudhijack::output {

enum class Format : std::uint8_t { table, csv, ndjson };

/// One JSON object a line: columns are keys, multivalues arrays, numbers numbers.
std::string to_ndjson(std::span<const detect::Column> columns, std::span<const detect::Row> rows);

/// CSV with a header; the values of a multivalue stand on lines of one cell. Unless `raw`, a cell
/// that a spreadsheet would take for a formula (`= + - @` in front) gets a `'` in front.
std::string to_csv(std::span<const detect::Column> columns, std::span<const detect::Row> rows,
                   bool raw);

}  // namespace cloudhijack::output
