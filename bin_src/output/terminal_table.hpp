#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::output {

/// The style of a table.
struct TableStyle {
    std::size_t width = 0;  ///< of the terminal, in characters; 0 for no limit
    bool colour = false;
};

/// A column of a table. If the terminal is too narrow, columns that can be cut are cut first, and
/// then the least important columns are dropped.
struct TableColumn {
    std::string_view title;
    bool right = false;
    std::size_t least = 0;  ///< the width in characters to which it can be cut; 0 if it cannot
    int rank = 0;           ///< columns of the highest rank are dropped first; 0 stays
};

enum class Emphasis { none, strong, strongest };

/// A finding in a table: a line with one cell per column, and lines of text below it.
struct TableRow {
    std::vector<std::string> cells;
    std::vector<std::string> details;
    Emphasis emphasis = Emphasis::none;  ///< shown as a colour
};

/// A table for people. Cells and details may contain any bytes; the table shows them in a form that
/// is safe for a terminal.
std::string to_table(std::span<const TableColumn> columns, std::span<const TableRow> rows,
                     TableStyle style);

}  // namespace cloudhijack::output
