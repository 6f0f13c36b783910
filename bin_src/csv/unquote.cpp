#include "csv/unquote.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "blocks.hpp"

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
    char* out = cell;
    Mask is_second = 0;  // all ones where the next quote is the second of two
    for (std::size_t at = begin; at < end; at += k_block) {
        std::uint64_t words[8];
        std::memcpy(words, cell + at, sizeof(words));
        const Mask quotes = Block(cell + at).equal('"');
        const Mask parity = parity_up_to(quotes) ^ is_second;
        is_second = last_bit_throughout(parity);
        Mask kept = there_of(end - at) & ~(quotes & ~parity);
        // Words are written whole, so what stands behind the cell must not be in reach.
        char last[sizeof(words) + sizeof(words[0])];
        const bool is_last = end - at < k_block;
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

std::string_view unquote(std::span<char> cell, [[maybe_unused]] Cpu cpu) {
#if defined(__x86_64__)
    if (cpu == Cpu::avx2 && cell.size() > 1 && cell.back() == '"') {
        return unquote_by_blocks(cell.data(), 1, cell.size() - 1);
    }
#endif
    return unquote_plainly(cell);
}

}  // namespace cloudhijack::csv
