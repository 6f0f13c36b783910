#include "csv/unquote.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "simd/blocks.hpp"

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

// Keeps the first of every two quotes. Each block of 64 bytes is read before anything is written,
// so the output may overwrite the same text from its start.
CLOUDHIJACK_AVX2 std::size_t halve_by_blocks(std::string_view text, char* const to_begin) {
    char* out = to_begin;
    simd::Mask is_second = 0;  // all ones if the next quote is the second of two
    for (std::size_t at = 0; at < text.size(); at += simd::k_block) {
        std::uint64_t words[8];
        std::memcpy(words, text.data() + at, sizeof(words));
        const simd::Mask quotes = simd::ByteBlock(text.data() + at).equal('"');
        const simd::Mask parity = simd::parity_up_to(quotes) ^ is_second;
        is_second = simd::last_bit_throughout(parity);
        simd::Mask kept = simd::present_bytes(text.size() - at) & ~(quotes & ~parity);
        // Whole words are written, so the last block goes to a buffer first: the bytes after the
        // text must not change.
        char last[sizeof(words) + sizeof(words[0])];
        const bool is_last = text.size() - at < simd::k_block;
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
    return static_cast<std::size_t>(out - to_begin);
}

}  // namespace
#endif

std::size_t halve_quotes(std::string_view text, char* to, [[maybe_unused]] simd::Cpu cpu) {
#if defined(__x86_64__)
    if (cpu != simd::Cpu::plain) return halve_by_blocks(text, to);
#endif
    std::size_t size = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        to[size++] = text[at];
        if (text[at] == '"') ++at;
    }
    return size;
}

std::string_view unquote(std::span<char> cell, simd::Cpu cpu) {
    if (cell.size() < 2 || cell.back() != '"') return unquote_plainly(cell);
    const std::string_view inside(cell.data() + 1, cell.size() - 2);
    return {cell.data(), halve_quotes(inside, cell.data(), cpu)};
}

}  // namespace cloudhijack::csv
