#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "csv/separators.hpp"
#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::csv {

/// Reads the rows of one CSV body from a window, up to its limit.
///
/// Rows end in `\n` or `\r\n`. A quoted cell may hold any byte; quotes inside it are doubled. A
/// quote inside an unquoted cell, and text after a closing quote, are kept as they are. An empty
/// line is not a row.
class RowReader {
  public:
    enum class Next {
        row,
        end,
        unclosed,  ///< the body ends inside a quoted cell; the unfinished row is skipped
    };

    explicit RowReader(io::Window& window, simd::Cpu cpu = simd::best_cpu())
        : window_(&window), cpu_(cpu), separators_(cpu) {}

    /// Advances to the next row and keeps its first `wanted_cells` cells, at most
    /// Separators::k_most_in_row; it skips the others. The error is the source's, or names the
    /// limit that a row exceeds.
    Result<Next> next(std::size_t wanted_cells);

    /// The offset of the current row in the body, in bytes.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }

    /// The number of cells kept of the current row; a row may be shorter than its header.
    [[nodiscard]] std::size_t cell_count() const { return cell_count_; }

    /// The value of a cell, or an empty text if the row has no such cell. The value lies in the
    /// window, is followed by io::k_padding readable bytes and is valid until the next call of
    /// next().
    std::string_view cell(std::size_t index);

    /// A cell as written, with its quotes. Not valid for a cell for which cell() has been called,
    /// as that call unquotes it in place.
    [[nodiscard]] std::string_view written_cell(std::size_t index) const;

  private:
    Result<Next> find_row();
    void set_row_bounds(std::uint64_t end, std::uint64_t size);

    io::Window* window_;
    simd::Cpu cpu_;
    Separators separators_;
    std::uint64_t offset_ = 0;
    std::uint64_t row_size_ = 0;          ///< bytes of the current row, including its line ending
    std::span<const std::uint64_t> row_;  ///< its separators, without its newline
    std::uint64_t row_end_ = 0;           ///< the end of its last cell
    bool ends_in_newline_ = false;
    std::size_t cell_count_ = 0;
    /// The values of quoted cells, in the order of their indices, in which most are asked for.
    std::vector<std::pair<std::size_t, std::string_view>> values_;
};

}  // namespace cloudhijack::csv
