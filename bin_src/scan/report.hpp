#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "command/table.hpp"
#include "detect/volume_finding.hpp"

namespace cloudhijack::scan {

enum class Format : std::uint8_t { table, csv, ndjson };

/// How a table may look.
struct Look {
    std::size_t width = 0;  ///< of the terminal in characters; 0: as wide as the rows need
    bool colour = false;
};

/// One JSON object a line: columns are keys, multivalues arrays, numbers numbers.
std::string to_ndjson(std::span<const command::Column> columns, std::span<const command::Row> rows);

/// CSV with a header; the values of a multivalue stand on lines of one cell. Unless `raw`, a cell
/// that a spreadsheet would take for a formula (`= + - @` in front) gets a `'` in front.
std::string to_csv(std::span<const command::Column> columns, std::span<const command::Row> rows,
                   bool raw);

/// A table for people: one line for each finding, its reasons below.
std::string to_table(std::span<const detect::VolumeFinding> findings, Look look);

/// `2026-01-02T03:04:05Z`.
std::string to_utc(cloudtrail::Time time);

/// Text as a terminal can show it: bytes that are not UTF-8 replaced, and every character that
/// would move the cursor, turn the direction of text or hide. Cut in the middle to `width` columns,
/// where that is not 0.
std::string for_terminal(std::string_view text, std::size_t width);

/// The most columns of a terminal that valid UTF-8 takes.
std::size_t terminal_columns(std::string_view text);

}  // namespace cloudhijack::scan
