#include "csv/separators.hpp"

#include <algorithm>
#include <utility>

#if defined(__x86_64__)
#include <immintrin.h>
#define CLOUDHIJACK_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))
#endif

namespace cloudhijack::csv {
namespace {

constexpr std::uint64_t k_block = 64;

#if defined(__x86_64__)

/// Where in 64 bytes something stands: bit i is byte i.
using Mask = std::uint64_t;

CLOUDHIJACK_AVX2 inline Mask equal(__m256i low, __m256i high, char c) {
    const __m256i wanted = _mm256_set1_epi8(c);
    const auto bits = [](__m256i found) __attribute__((target("avx2"))) {
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(found));
    };
    return bits(_mm256_cmpeq_epi8(low, wanted)) |
           (Mask{bits(_mm256_cmpeq_epi8(high, wanted))} << 32U);
}

// Bit i: how many of the bits 0 to i are set, odd or even. Multiplying by ones without carries adds
// up all that is below.
CLOUDHIJACK_AVX2 inline Mask parity_up_to(Mask bits) {
    const __m128i value = _mm_set_epi64x(0, static_cast<long long>(bits));
    const __m128i sums = _mm_clmulepi64_si128(value, _mm_set1_epi8('\xFF'), 0);
    return static_cast<Mask>(_mm_cvtsi128_si64(sums));
}

#endif

}  // namespace

void Separators::look_at(std::span<const char> bytes, std::uint64_t offset) {
    positions_.erase(positions_.begin(),
                     positions_.begin() + static_cast<std::ptrdiff_t>(row_begin_));
    row_ends_.clear();
    row_ = row_begin_ = 0;
    const char* body = bytes.data() - offset;  // where the body's first byte would be
    const std::uint64_t end = offset + bytes.size();
    while (seen_ < end) {
        seen_ = byte_by_byte_ || cpu_ == Cpu::plain ? look_at_row(body, seen_, end)
                                                    : look_at_blocks(body, seen_, end);
    }
}

std::span<const std::uint64_t> Separators::row() const {
    if (row_ == row_ends_.size()) return {};
    return std::span(positions_).subspan(row_begin_, row_ends_[row_] - row_begin_);
}

void Separators::next() { row_begin_ = row_ends_[row_++]; }

std::span<const std::uint64_t> Separators::rest() const {
    return std::span(positions_).subspan(row_ends_.empty() ? 0 : row_ends_.back());
}

bool Separators::ends_in_quotes() const {
    if (byte_by_byte_ || cpu_ == Cpu::plain) return state_ == State::quoted;
    return inside_ != 0;
}

void Separators::add(std::uint64_t position, bool is_newline) {
    const std::size_t row = row_ends_.empty() ? 0 : row_ends_.back();
    if (!is_newline) {
        if (positions_.size() - row < k_most_in_row) positions_.push_back(position);
        return;
    }
    positions_.push_back(position);
    row_ends_.push_back(positions_.size());
    last_newline_end_ = position + 1;
}

// Up to the end of a row, or of what is there.
std::uint64_t Separators::look_at_row(const char* body, std::uint64_t position, std::uint64_t end) {
    for (; position < end; ++position) {
        const char c = body[position];
        if (state_ == State::quoted) {
            if (c == '"') state_ = State::quote_in_quoted;
        } else if (c == ',' || c == '\n') {
            add(position, c == '\n');
            state_ = State::cell_start;
            if (c == '\n') {
                byte_by_byte_ = false;
                inside_ = 0;
                may_open_ = 1;
                return position + 1;
            }
        } else if (c == '"' && state_ != State::unquoted) {
            state_ = State::quoted;
        } else {
            state_ = State::unquoted;
        }
    }
    return position;
}

// Where blocks do not tell what a quote is, the row that holds it is looked at again.
void Separators::leave_blocks() {
    positions_.resize(row_ends_.empty() ? 0 : row_ends_.back());
    byte_by_byte_ = saw_stray_quote_ = true;
    state_ = State::cell_start;
}

#if defined(__x86_64__)

CLOUDHIJACK_AVX2 std::uint64_t Separators::look_at_blocks(const char* body, std::uint64_t position,
                                                          std::uint64_t end) {
    std::uint64_t inside = inside_;
    std::uint64_t may_open = may_open_;
    for (; position < end; position += k_block) {
        const auto* block = reinterpret_cast<const __m256i*>(body + position);
        const __m256i low = _mm256_loadu_si256(block);
        const __m256i high = _mm256_loadu_si256(block + 1);
        const Mask there = end - position >= k_block ? ~Mask{0} : (Mask{1} << (end - position)) - 1;
        const Mask quotes = equal(low, high, '"') & there;
        const Mask newlines = equal(low, high, '\n');
        const Mask parting = (equal(low, high, ',') | newlines) & there;
        const Mask in_quotes = parity_up_to(quotes) ^ inside;
        Mask separators = parting & ~in_quotes;
        const Mask before_opening = separators | (quotes & ~in_quotes);
        const Mask stray = quotes & in_quotes & ~((before_opening << 1U) | may_open);
        if (stray != 0) separators &= (stray & -stray) - 1;  // what comes before it is well
        for (; separators != 0; separators &= separators - 1) {
            const auto bit = static_cast<unsigned>(__builtin_ctzll(separators));
            add(position + bit, (newlines >> bit & 1U) != 0);
        }
        if (stray != 0) {
            leave_blocks();
            return last_newline_end_;
        }
        // Of a block that is not all there, behind the last byte all is as it is there.
        const std::uint64_t last = std::min(end - position, k_block) - 1;
        inside = static_cast<Mask>(static_cast<std::int64_t>(in_quotes) >> 63);
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
