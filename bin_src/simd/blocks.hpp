#pragma once

/// What the routines for AVX2 share: 64 bytes of text at a time, and masks of where something
/// stands in them. Each such routine has a plain twin and is called where best_cpu() says so.

#if defined(__x86_64__)

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

/// A function that uses what follows, and what Cpu::avx2 promises.
#define CLOUDHIJACK_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul,popcnt")))

namespace cloudhijack::simd {

/// Bit i stands for byte i of a block.
using Mask = std::uint64_t;

inline constexpr std::size_t k_block = 64;

/// The bytes of a block that are there, of `left` bytes.
inline Mask present_bytes(std::size_t left) {
    return left >= k_block ? ~Mask{0} : (Mask{1} << left) - 1;
}

/// All ones where the last bit of a mask is set, for carrying it over to the next block.
inline Mask last_bit_throughout(Mask mask) {
    return static_cast<Mask>(static_cast<std::int64_t>(mask) >> 63);
}

/// Bit i: whether an odd number of the bits 0 to i are set. A product without carries with all ones
/// adds up what is below.
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
    __m256i bytes_;  ///< all ones where it stands
};

/// 64 bytes of text.
class ByteBlock {
  public:
    CLOUDHIJACK_AVX2 explicit ByteBlock(const char* text)
        : low_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text))),
          high_(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text) + 1)) {}

    /// Where a byte stands.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal(char c) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        return joined(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
    }

    /// Where a byte stands, or the one 32 below it: `{` finds `[` too.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_or_below(char c) const {
        const __m256i bit = _mm256_set1_epi8(0x20);
        const __m256i wanted = _mm256_set1_epi8(c);
        return joined(_mm256_cmpeq_epi8(_mm256_or_si256(low_, bit), wanted),
                      _mm256_cmpeq_epi8(_mm256_or_si256(high_, bit), wanted));
    }

    /// Where one of two bytes stands.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_to_either(char c, char other) const {
        const __m256i one = _mm256_set1_epi8(c);
        const __m256i two = _mm256_set1_epi8(other);
        return joined(
            _mm256_or_si256(_mm256_cmpeq_epi8(low_, one), _mm256_cmpeq_epi8(low_, two)),
            _mm256_or_si256(_mm256_cmpeq_epi8(high_, one), _mm256_cmpeq_epi8(high_, two)));
    }

    /// Whether a byte stands anywhere.
    [[nodiscard]] CLOUDHIJACK_AVX2 bool has(char c) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        const __m256i found =
            _mm256_or_si256(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(high_, wanted));
        return _mm256_testz_si256(found, found) == 0;
    }

    /// Where a byte stands before another one; `next` is the block one byte on.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask equal_before(char c, const ByteBlock& next,
                                                     char other) const {
        const __m256i wanted = _mm256_set1_epi8(c);
        const __m256i behind = _mm256_set1_epi8(other);
        return joined(
            _mm256_and_si256(_mm256_cmpeq_epi8(low_, wanted), _mm256_cmpeq_epi8(next.low_, behind)),
            _mm256_and_si256(_mm256_cmpeq_epi8(high_, wanted),
                             _mm256_cmpeq_epi8(next.high_, behind)));
    }

    /// Where a control character stands, or a byte beyond ASCII.
    [[nodiscard]] CLOUDHIJACK_AVX2 Mask below_space_or_beyond_ascii() const {
        const __m256i space = _mm256_set1_epi8(' ');  // as signed numbers, both are below it
        return joined(_mm256_cmpgt_epi8(space, low_), _mm256_cmpgt_epi8(space, high_));
    }

    /// A newline or a backslash: what the lower four bits of a byte look up is the byte itself.
    [[nodiscard]] CLOUDHIJACK_AVX2 ByteMatches newline_or_backslash() const {
        const __m256i bytes = _mm256_broadcastsi128_si256(
            _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, '\n', -1, '\\', -1, -1, -1));
        return same(low_, _mm256_shuffle_epi8(bytes, low_)) |
               same(high_, _mm256_shuffle_epi8(bytes, high_));
    }

    /// Two bytes side by side. `behind` is the block one byte behind this one.
    [[nodiscard]] CLOUDHIJACK_AVX2 ByteMatches pair(char first, char second,
                                                    const ByteBlock& behind) const {
        const auto both = static_cast<short>(static_cast<unsigned char>(first) |
                                             static_cast<unsigned char>(second) << 8U);
        const __m256i wanted = _mm256_set1_epi16(both);
        return same_pairs(low_, wanted) | same_pairs(high_, wanted) |
               same_pairs(behind.low_, wanted) | same_pairs(behind.high_, wanted);
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
