#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::csv {

/// Reads the rows of one CSV body from a window, up to its limit.
///
/// Rows end in `\n` or `\r\n`; a quoted cell holds anything, a quote in it doubled; a quote inside
/// an unquoted cell, and text behind a closing quote, are taken as they stand. A line without a
/// single character is no row.
class RowReader {
  public:
    enum class Next {
        row,
        end,
        unclosed,  ///< the body ends inside a quoted cell; what was read of the row is passed over
    };

    explicit RowReader(io::Window& window) : window_(&window) {}

    /// Goes to the next row. Of its cells the first `wanted_cells` are kept, the rest passed over.
    /// The error is the source's, or names the cap that a row exceeds.
    Result<Next> next(std::size_t wanted_cells);

    /// Bytes of the body before the row at hand.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }

    /// Cells kept of the row at hand; a row may be shorter than its header.
    [[nodiscard]] std::size_t cell_count() const { return cells_.size(); }

    /// The value of a cell, empty where the row has no such cell. It lies in the window, with
    /// io::k_padding readable bytes behind it, and is valid until the next call of next().
    std::string_view cell(std::size_t index);

  private:
    /// What the bytes looked at so far make of the next one. Each byte is looked at once, however
    /// the input is cut.
    enum class State {
        cell_start,
        unquoted,
        quoted,
        quote_in_quoted,  ///< the first of a doubled quote, or the closing one
    };

    struct Cell {
        std::size_t begin;  ///< from the row's first byte
        std::size_t size;
        bool quoted;  ///< begins with a quote that is not taken off yet
    };

    Result<Next> scan_row(std::size_t wanted_cells);
    bool scan(std::span<const char> bytes, std::size_t wanted_cells);
    [[nodiscard]] bool ends_in_carriage_return(std::span<const char> bytes) const;
    void finish_cell(std::size_t end, std::size_t wanted_cells);

    io::Window* window_;
    std::vector<Cell> cells_;
    std::uint64_t offset_ = 0;
    std::size_t row_size_ = 0;  ///< bytes of the row at hand, its line end included
    State state_ = State::cell_start;
    std::size_t position_ = 0;    ///< of the byte to look at next, from the row's first
    std::size_t cell_begin_ = 0;  ///< of the cell being scanned
    bool cell_is_quoted_ = false;
};

}  // namespace cloudhijack::csv
