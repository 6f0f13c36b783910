#include "csv/unquote.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define CLOUDHIJACK_AVX2 __attribute__((target("avx2,bmi,bmi2,pclmul")))
#endif

namespace cloudhijack::csv {

std::string_view unquote_plainly(std::span<char> cell) {
    std::size_t size = 0;
    bool inside = true;
    for (std::size_t i = 1; i < cell.size(); ++i) {
        if (inside && cell[i] == '"') {
            inside = i + 1 < cell.size() && cell[i + 1] == '"';
            if (!inside) continue;
            ++i;
        }
        cell[size++] = cell[i];
    }
    return {cell.data(), size};
}

#if defined(__x86_64__)
namespace {

// Keeps the first of every two quotes. Blocks of 64 bytes are read before anything is written over
// them: what is kept moves to the front.
CLOUDHIJACK_AVX2 std::string_view unquote_by_blocks(char* cell, std::size_t begin,
                                                    std::size_t end) {
    const __m256i quote = _mm256_set1_epi8('"');
    char* out = cell;
    std::uint64_t is_second = 0;  // all ones where the next quote is the second of two
    for (std::size_t at = begin; at < end; at += 64) {
        std::uint64_t words[8];
        std::memcpy(words, cell + at, sizeof(words));
        const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words));
        const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(words + 4));
        const std::uint64_t quotes =
            static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, quote))) |
            (std::uint64_t{
                 static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, quote)))}
             << 32U);
        const __m128i value = _mm_set_epi64x(0, static_cast<long long>(quotes));
        const std::uint64_t parity = static_cast<std::uint64_t>(_mm_cvtsi128_si64(
                                         _mm_clmulepi64_si128(value, _mm_set1_epi8('\xFF'), 0))) ^
                                     is_second;
        is_second = static_cast<std::uint64_t>(static_cast<std::int64_t>(parity) >> 63);
        const std::uint64_t there =
            end - at >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << (end - at)) - 1;
        std::uint64_t kept = there & ~(quotes & ~parity);
        // Words are written whole, so what stands behind the cell must not be in reach.
        char last[sizeof(words) + sizeof(words[0])];
        const bool is_last = end - at < 64;
        char* to = is_last ? last : out;
        for (const std::uint64_t word : words) {
            const std::uint64_t bytes = _pdep_u64(kept & 0xFFU, 0x0101010101010101U) * 0xFFU;
            const std::uint64_t packed = _pext_u64(word, bytes);
            std::memcpy(to, &packed, sizeof(packed));
            to += __builtin_popcountll(kept & 0xFFU);
            kept >>= 8U;
        }
        if (is_last) {
            const auto size = static_cast<std::size_t>(to - last);
            std::memcpy(out, last, size);
            out += size;
        } else {
            out = to;
        }
    }
    return {cell, static_cast<std::size_t>(out - cell)};
}

}  // namespace
#endif

std::string_view unquote(std::span<char> cell, Cpu cpu) {
#if defined(__x86_64__)
    if (cpu == Cpu::avx2 && cell.size() > 1 && cell.back() == '"') {
        return unquote_by_blocks(cell.data(), 1, cell.size() - 1);
    }
#endif
    return unquote_plainly(cell);
}

}  // namespace cloudhijack::csv
