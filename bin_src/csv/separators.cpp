#include "csv/separators.hpp"

#include <algorithm>
#include <utility>

#include "simd/blocks.hpp"

namespace cloudhijack::csv {

void Separators::look_at(std::span<const char> bytes, std::uint64_t offset) {
    positions_.erase(positions_.begin(),
                     positions_.begin() + static_cast<std::ptrdiff_t>(row_begin_));
    row_ends_.clear();
    open_row_begin_ -= row_begin_;
    row_ = row_begin_ = 0;
    const char* body = bytes.data() - offset;  // the address that the body's first byte would have
    const std::uint64_t end = offset + bytes.size();
    while (seen_ < end) {
        seen_ = byte_by_byte_ || cpu_ == simd::Cpu::plain ? look_at_row(body, seen_, end)
                                                          : look_at_blocks(body, seen_, end);
    }
}

std::span<const std::uint64_t> Separators::row() const {
    if (row_ == row_ends_.size()) return {};
    return std::span(positions_).subspan(row_begin_, row_ends_[row_] - row_begin_);
}

void Separators::next() { row_begin_ = row_ends_[row_++]; }

std::span<const std::uint64_t> Separators::rest() const {
    return std::span(positions_).subspan(open_row_begin_);
}

bool Separators::ends_in_quotes() const {
    if (byte_by_byte_ || cpu_ == simd::Cpu::plain) return state_ == CellState::quoted;
    return inside_ != 0;
}

void Separators::add_newline(std::uint64_t position) {
    positions_.push_back(position);
    row_ends_.push_back(positions_.size());
    open_row_begin_ = positions_.size();
    last_newline_end_ = position + 1;
}

// Looks at bytes up to the end of a row, or of the input so far.
std::uint64_t Separators::look_at_row(const char* body, std::uint64_t position, std::uint64_t end) {
    for (; position < end; ++position) {
        const char c = body[position];
        if (state_ == CellState::quoted) {
            if (c == '"') state_ = CellState::quote_in_quoted;
        } else if (c == ',' || c == '\n') {
            state_ = CellState::cell_start;
            if (c == ',') {
                add_comma(position);
            } else {
                add_newline(position);
                byte_by_byte_ = false;
                inside_ = 0;
                may_open_ = 1;
                return position + 1;
            }
        } else if (c == '"' && state_ != CellState::unquoted) {
            state_ = CellState::quoted;
        } else {
            state_ = CellState::unquoted;
        }
    }
    return position;
}

// Blocks cannot tell the meaning of a stray quote, so the row that holds it is read again, byte by
// byte.
void Separators::leave_blocks() {
    positions_.resize(open_row_begin_);
    byte_by_byte_ = saw_stray_quote_ = true;
    state_ = CellState::cell_start;
}

#if defined(__x86_64__)

CLOUDHIJACK_AVX2 std::uint64_t Separators::look_at_blocks(const char* body, std::uint64_t position,
                                                          std::uint64_t end) {
    std::uint64_t inside = inside_;
    std::uint64_t may_open = may_open_;
    for (; position < end; position += simd::k_block) {
        const simd::ByteBlock block(body + position);
        const simd::Mask there = simd::present_bytes(end - position);
        const simd::Mask quotes = block.equal('"') & there;
        const simd::Mask delimiters = block.equal_to_either(',', '\n') & there;
        const simd::Mask in_quotes = simd::parity_up_to(quotes) ^ inside;
        simd::Mask separators = delimiters & ~in_quotes;
        const simd::Mask before_opening = separators | (quotes & ~in_quotes);
        const simd::Mask stray = quotes & in_quotes & ~((before_opening << 1U) | may_open);
        if (stray != 0) separators &= (stray & -stray) - 1;  // the separators before it are right
        for (; separators != 0; separators &= separators - 1) {
            const auto at = position + static_cast<unsigned>(__builtin_ctzll(separators));
            if (body[at] == ',') {
                add_comma(at);
            } else {
                add_newline(at);
            }
        }
        if (stray != 0) {
            leave_blocks();
            return last_newline_end_;
        }
        // Past the end of a partial block the state is that of its last byte.
        const std::uint64_t last = std::min<std::uint64_t>(end - position, simd::k_block) - 1;
        inside = simd::last_bit_throughout(in_quotes);
        may_open = before_opening >> last & 1U;
    }
    inside_ = inside;
    may_open_ = may_open;
    return std::min(position, end);
}

#else

std::uint64_t Separators::look_at_blocks(const char* body, std::uint64_t position,
                                         std::uint64_t end) {
    return look_at_row(body, position, end);
}

#endif

}  // namespace cloudhijack::csv
