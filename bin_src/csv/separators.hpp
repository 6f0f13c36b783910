#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simd/cpu.hpp"

namespace cloudhijack::csv {

/// Finds the commas and newlines that separate the cells and rows of a CSV body, which arrives in
/// pieces. Offsets are relative to the body's first byte.
///
/// A quote at the start of a cell opens it, and the next quote closes it again; a doubled quote
/// inside does both. Where the processor supports it, 64 bytes are examined at once. A row with a
/// quote anywhere else, which no writer produces, is examined byte by byte, as is every row on
/// other processors: the bytewise code is the twin against which the fast code is tested.
class Separators {
  public:
    /// The most separators kept of one row, not counting its newline; further ones are skipped.
    static constexpr std::size_t k_most_in_row = 16'384;

    explicit Separators(simd::Cpu cpu = simd::best_cpu()) : cpu_(cpu) {}

    /// Looks at the new bytes of the body; call it when no complete row is left. `bytes` are all
    /// bytes available so far from `offset` on, followed by io::k_padding readable bytes.
    void look_at(std::span<const char> bytes, std::uint64_t offset);

    /// The next row's separators, the last of which is its newline; empty if no complete row has
    /// been seen. Valid until the next look_at().
    [[nodiscard]] std::span<const std::uint64_t> row() const;
    /// Advances to the next row.
    void next();

    /// The separators after the last newline, which belong to a row that has not ended yet.
    [[nodiscard]] std::span<const std::uint64_t> rest() const;

    /// Whether the bytes seen so far end inside a quoted cell.
    [[nodiscard]] bool ends_in_quotes() const;

    /// The number of bytes looked at so far.
    [[nodiscard]] std::uint64_t seen() const { return seen_; }

    /// Whether there may have been a quote that neither opens nor closes a cell and is not doubled.
    /// Always true on a plain CPU, which does not look for them.
    [[nodiscard]] bool saw_stray_quote() const {
        return cpu_ == simd::Cpu::plain || saw_stray_quote_;
    }

  private:
    /// The state of the bytewise scan before the next byte.
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
    std::vector<std::size_t> row_ends_;  ///< indices into positions_, one past each newline
    std::size_t row_ = 0;                ///< index of the next row in row_ends_
    std::size_t row_begin_ = 0;          ///< index of its first separator in positions_
    std::size_t open_row_begin_ = 0;     ///< index of the first separator after the last newline
    std::uint64_t seen_ = 0;             ///< bytes looked at
    std::uint64_t last_newline_end_ = 0;
    bool saw_stray_quote_ = false;
    bool byte_by_byte_ = false;
    CellState state_ = CellState::cell_start;
    /// The state of the block scan. `inside_` is all ones inside quotes; `may_open_` is 1 if a
    /// quote may open a cell at the next byte.
    std::uint64_t inside_ = 0;
    std::uint64_t may_open_ = 1;
};

}  // namespace cloudhijack::csv
