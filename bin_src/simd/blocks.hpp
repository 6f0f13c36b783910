#pragma once

/// Building blocks of the AVX2 routines: 64 bytes of text at a time, and bit masks of positions in
/// them. Each such routine has a twin in plain C++; best_cpu() decides which of the two runs.

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

/// Compiles a function for the instruction sets that Cpu::avx2 promises. Every caller of the
/// functions below needs it.
#define CLOUDHIJACK_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul,popcnt")))

namespace cloudhijack::simd {

/// Bit i represents byte i of a block.
using Mask = std::uint64_t;

inline constexpr std::size_t k_block = 64;

/// The bytes of a block that belong to the text, of which `left` bytes remain.
inline Mask present_bytes(std::size_t left) {
    return left >= k_block ? ~Mask{0} : (Mask{1} << left) - 1;
}

/// All ones if the last bit of the mask is set, otherwise zero: the state to carry into the next
/// block.
inline Mask last_bit_throughout(Mask mask) {
    return static_cast<Mask>(static_cast<std::int64_t>(mask) >> 63);
}

/// Bit i says whether an odd number of the bits 0 to i are set. A carry-less product with all ones
/// computes these prefix parities.
CLOUDHIJACK_AVX2 inline Mask parity_up_to(Mask bits) {
    const __m128i value = _mm_set_epi64x(0, static_cast<long long>(bits));
    const __m128i sums = _mm_clmulepi64_si128(value, _mm_set1_epi8('\xFF'), 0);
    return static_cast<Mask>(_mm_cvtsi128_si64(sums));
}

/// A mask of matching bytes: join several with |, then call any() once.
class ByteMatches {
  public:
    CLOUDHIJACK_AVX2 explicit ByteMatches(__m256i bytes) : bytes_(bytes) {}

    CLOUDHIJACK_AVX2 friend ByteMatches operator|(ByteMatches one, ByteMatches other) {
        return ByteMatches(_mm256_or_si256(one.bytes_, other.bytes_));
    }
    [[nodiscard]] CLOUDHIJACK_AVX2 bool any() const { return _mm256_movemask_epi8(bytes_) != 0; }

  private:
    __m256i bytes_;  ///< all ones in each matching byte
};

/// 64 bytes of text.
class ByteBlock {
  public:
    CLOUDHIJACK_AVX2 explicit ByteBlock(const char* text)
        : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text))),
          high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text) + 1)) {}

    /// The positions of a byte.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal(char c) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        return joined(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
    }

    /// The positions of a byte and of the one 32 below it: `{` finds `[` too.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_or_below(char c) const {
        const __m256i bit = _mm256_set1_epi8(0x20);
        const __m256i wanted = _mm256_set1_epi8(c);
        return joined(_mm256_cmpeq_epi8(_mm256_or_si256(low_, bit), wanted),
                      _mm256_cmpeq_epi8(_mm256_or_si256(high_, bit), wanted));
    }

    /// The positions of either of two bytes.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_to_either(char c, char other) const {
        const __m256i one = _mm256_set1_epi8(c);
        const __m256i two = _mm256_set1_epi8(other);
        return joined(
            _mm256_or_si256(_mm256_cmpeq_epi8(low_, one), _mm256_cmpeq_epi8(low_, two)),
            _mm256_or_si256(_mm256_cmpeq_epi8(high_, one), _mm256_cmpeq_epi8(high_, two)));
    }

    /// Whether the block contains a byte.
    [[nodiscard]] CLOUDHIJACK_AVX2 bool has(char c) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        const __m256i found =
            _mm256_or_si256(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
        return _mm256_testz_si256(found, found) == 0;
    }

    /// The positions of `c` that `other` follows directly. `next` is the block that begins one byte
    /// later.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_before(char c, const ByteBlock& next,
                                                     char other) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        const __m256i following = _mm256_set1_epi8(other);
        return joined(_mm256_and_si256(_mm256_cmpeq_epi8(low_, wanted),
                                       _mm256_cmpeq_epi8(next.low_, following)),
                      _mm256_and_si256(_mm256_cmpeq_epi8(high_, wanted),
                                       _mm256_cmpeq_epi8(next.high_, following)));
    }

    /// The positions of control characters and of bytes beyond ASCII.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask below_space_or_beyond_ascii() const {
        const __m256i space = _mm256_set1_epi8(' ');  // as signed bytes, both are less
        return joined(_mm256_cmpgt_epi8(space, low_), _mm256_cmpgt_epi8(space, high_));
    }

    /// Matches newlines and backslashes: the table maps the low four bits of each of the two to the
    /// byte itself.
    [[nodiscard]] CLOUDHIJACK_AVX2 ByteMatches newline_or_backslash() const {
        const __m256i bytes = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\n', -1, '\\', -1, -1, -1));
        return same(low_, _mm256_shuffle_epi8(bytes, low_)) |
               same(high_, _mm256_shuffle_epi8(bytes, high_));
    }

    /// Matches two adjacent bytes. `next` is the block that begins one byte later.
    [[nodiscard]] CLOUDHIJACK_AVX2 ByteMatches pair(char first, char second,
                                                    const ByteBlock& next) const {
        const auto both = static_cast<short>(static_cast<unsigned char>(first) |
                                             static_cast<unsigned char>(second) << 8U);
        const __m256i wanted = _mm256_set1_epi16(both);
        return same_pairs(low_, wanted) | same_pairs(high_, wanted) |
               same_pairs(next.low_, wanted) | same_pairs(next.high_, wanted);
    }

  private:
    CLOUDHIJACK_AVX2 static ByteMatches same(__m256i one, __m256i other) {
        return ByteMatches(_mm256_cmpeq_epi8(one, other));
    }

    CLOUDHIJACK_AVX2 static ByteMatches same_pairs(__m256i one, __m256i other) {
        return ByteMatches(_mm256_cmpeq_epi16(one, other));
    }

    CLOUDHIJACK_AVX2 static Mask joined(__m256i low, __m256i high) {
        return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
               (Mask{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32U);
    }

    __m256i low_;
    __m256i high_;
};

}  // namespace cloudhijack::simd

#endif
