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

    explicit RowReader(io::Window& window, simd::Cpu cpu = simd::best_cpu())
        : window_(&window), cpu_(cpu), separators_(cpu) {}

    /// Goes to the next row. Of its cells the first `wanted_cells`, at most
    /// Separators::k_most_in_row, are kept, the rest passed over. The error is the source's, or
    /// names the cap that a row exceeds.
    Result<Next> next(std::size_t wanted_cells);

    /// Bytes of the body before the row at hand.
    [[nodiscard]] std::uint64_t offset() const { return offset_; }

    /// Cells kept of the row at hand; a row may be shorter than its header.
    [[nodiscard]] std::size_t cell_count() const { return cell_count_; }

    /// The value of a cell, empty where the row has no such cell. It lies in the window, with
    /// io::k_padding readable bytes behind it, and is valid until the next call of next().
    std::string_view cell(std::size_t index);

    /// A cell as it stands, quotes and all; not one that cell() has been asked for.
    [[nodiscard]] std::string_view written_cell(std::size_t index) const;

  private:
    Result<Next> find_row();
    void take_row(std::uint64_t end, std::uint64_t size);

    io::Window* window_;
    simd::Cpu cpu_;
    Separators separators_;
    std::uint64_t offset_ = 0;
    std::uint64_t row_size_ = 0;          ///< bytes of the row at hand, its line end included
    std::span<const std::uint64_t> row_;  ///< its separators, without its newline
    std::uint64_t row_end_ = 0;           ///< where its last cell ends
    bool ends_in_newline_ = false;
    std::size_t cell_count_ = 0;
    std::vector<std::pair<std::size_t, std::string_view>> values_;  ///< of cells that were quoted
};

}  // namespace cloudhijack::csv
