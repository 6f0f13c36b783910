#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd/cpu.hpp"

namespace cloudhijack::csv {

/// Finds the commas and newlines that part the cells and rows of a CSV body, which comes piece by
/// piece. Offsets are from the body's first byte.
///
/// A quote opens a cell that begins with it and closes it again, and a doubled quote inside does
/// both. Blocks of 64 bytes are looked at at once, by what the processor can do. A row with a quote
/// anywhere else, which no writer makes, is looked at byte by byte, and so are all rows where the
/// processor can do nothing: that way is the twin by which the fast ones are tested.
class Separators {
  public:
    /// More separators of one row than this are passed over, but for its newline.
    static constexpr std::size_t k_most_in_row = 16'384;

    explicit Separators(simd::Cpu cpu = simd::best_cpu()) : cpu_(cpu) {}

    /// Looks at what is new of the body, where no row is left. `bytes` are those from `offset` on
    /// that are there by now, with io::k_padding readable bytes behind them.
    void look_at(std::span<const char> bytes, std::uint64_t offset);

    /// The next row's separators, of which the last is its newline; empty where no whole row has
    /// been seen. Valid until the next look_at().
    [[nodiscard]] std::span<const std::uint64_t> row() const;
    /// Goes to the next row.
    void next();

    /// The separators behind the last newline, of a row that has not ended yet.
    [[nodiscard]] std::span<const std::uint64_t> rest() const;

    /// Whether the bytes seen so far end inside a quoted cell.
    [[nodiscard]] bool ends_in_quotes() const;

    /// How many bytes were looked at.
    [[nodiscard]] std::uint64_t seen() const { return seen_; }

    /// Whether there was a quote that neither opens nor closes a cell, and is not doubled either.
    [[nodiscard]] bool saw_stray_quote() const {
        return cpu_ == simd::Cpu::plain || saw_stray_quote_;
    }

  private:
    /// What the bytes looked at one by one make of the next one.
    enum class CellState : std::uint8_t {
        cell_start,
        unquoted,
        quoted,
        quote_in_quoted,  ///< the first of a doubled quote, or the closing one
    };

    void add_comma(std::uint64_t position) {
        if (positions_.size() - open_row_begin_ < k_most_in_row) positions_.push_back(position);
    }
    void add_newline(std::uint64_t position);
    std::uint64_t look_at_blocks(const char* body, std::uint64_t position, std::uint64_t end);
    std::uint64_t look_at_row(const char* body, std::uint64_t position, std::uint64_t end);
    void leave_blocks();

    simd::Cpu cpu_;
    std::vector<std::uint64_t> positions_;
    std::vector<std::size_t> row_ends_;  ///< behind each newline, in positions_
    std::size_t row_ = 0;                ///< the next row, in row_ends_
    std::size_t row_begin_ = 0;          ///< its first separator, in positions_
    std::size_t open_row_begin_ = 0;     ///< first separator behind the last newline, there too
    std::uint64_t seen_ = 0;             ///< bytes looked at
    std::uint64_t last_newline_end_ = 0;
    bool saw_stray_quote_ = false;
    bool byte_by_byte_ = false;
    CellState state_ = CellState::cell_start;
    /// In blocks: all ones inside quotes; and 1 where a quote may open a cell now.
    std::uint64_t inside_ = 0;
    std::uint64_t may_open_ = 1;
};

}  // namespace cloudhijack::csv
