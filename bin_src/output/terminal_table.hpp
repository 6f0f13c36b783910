#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cloudhijack::output {

/// How a table may look.
struct TableStyle {
    std::size_t width = 0;  ///< of the terminal in characters; 0: as wide as the rows need
    bool colour = false;
};

/// A column of a table. Where the terminal is narrow, those that can be cut give way first, and
/// then the least important ones go.
struct TableColumn {
    std::string_view title;
    bool right = false;
    std::size_t least = 0;  ///< it can be cut to so many columns of the terminal; 0: it cannot
    int rank = 0;           ///< those of the highest rank go first; 0 stays
};

enum class Emphasis { none, strong, strongest };

/// A finding in a table: a line of cells, one for each column, and lines of text below it.
struct TableRow {
    std::vector<std::string> cells;
    std::vector<std::string> details;
    Emphasis emphasis = Emphasis::none;  ///< shown by colour
};

/// A table for people. Cells and details can hold anything; the table shows them as a terminal can.
std::string to_table(std::span<const TableColumn> columns, std::span<const TableRow> rows,
                     TableStyle style);

}  // namespace cloudhijack::output
