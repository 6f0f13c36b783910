#include "json/string_ends.hpp"

#include <algorithm>

#include "simd/blocks.hpp"

namespace cloudhijack::json {

bool StringEnds::look_at(std::string_view text, Quotes quotes) {
    if (text.size() > k_longest) return false;
    masks_.resize((text.size() + k_bytes_per_mask - 1) / k_bytes_per_mask + 1);
    masks_.back() = ~std::uint64_t{0};
    return cpu_ == simd::Cpu::plain ? look_at_bytes(text, quotes) : look_at_blocks(text, quotes);
}

bool StringEnds::look_at_bytes(std::string_view text, Quotes quotes) {
    std::fill(masks_.begin(), masks_.end() - 1, 0);
    bool is_in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (static_cast<signed char>(c) < ' ' || c == '\\') return false;
        if (c != '"') continue;
        if (is_in_string) {
            masks_[at / k_bytes_per_mask] |= std::uint64_t{1} << (at % k_bytes_per_mask);
        }
        is_in_string = !is_in_string;
        if (quotes == Quotes::single) continue;
        if (!text.substr(at + 1).starts_with('"')) return false;
        ++at;
    }
    return !is_in_string;
}

#if defined(__x86_64__)
namespace {

static_assert(simd::k_block == StringEnds::k_bytes_per_mask);

/// Processes the blocks of a text one after the other.
class BlockWalk {
  public:
    explicit BlockWalk(Quotes quotes) : quotes_(quotes) {}

    // The positions of the quotes that end a string in a block.
    CLOUDHIJACK_AVX2 simd::Mask take(const char* text, simd::Mask present) {
        const simd::ByteBlock block(text);
        wrong_ |= (block.below_space_or_beyond_ascii() | block.equal('\\')) & present;
        simd::Mask positions = block.equal('"') & present;
        if (quotes_ == Quotes::doubled) positions = firsts_of_two(positions);
        const simd::Mask inside = simd::parity_up_to(positions) ^ inside_;
        inside_ = simd::last_bit_throughout(inside);
        return positions & ~inside;
    }

    [[nodiscard]] bool is_valid() const { return (wrong_ | is_second_ | inside_) == 0; }

  private:
    CLOUDHIJACK_AVX2 simd::Mask firsts_of_two(simd::Mask positions) {
        const simd::Mask parity = simd::parity_up_to(positions) ^ is_second_;
        const simd::Mask firsts = positions & parity;
        wrong_ |= (positions & ~parity) ^ (firsts << 1U | comes_first_);
        is_second_ = simd::last_bit_throughout(parity);
        comes_first_ = firsts >> (simd::k_block - 1);
        return firsts;
    }

    Quotes quotes_;
    simd::Mask wrong_ = 0;
    simd::Mask is_second_ = 0;    // all ones if the next quote is the second of two
    simd::Mask comes_first_ = 0;  // 1 if the previous block ends with the first quote of two
    simd::Mask inside_ = 0;       // all ones if the last block ends inside a string
};

}  // namespace

CLOUDHIJACK_AVX2 bool StringEnds::look_at_blocks(std::string_view text, Quotes quotes) {
    BlockWalk walk(quotes);
    simd::Mask* mask = masks_.data();
    std::size_t at = 0;
    for (; at + simd::k_block <= text.size(); at += simd::k_block) {
        *mask++ = walk.take(text.data() + at, ~simd::Mask{0});
    }
    if (at < text.size())
        *mask = walk.take(text.data() + at, simd::present_bytes(text.size() - at));
    return walk.is_valid();
}

#else

bool StringEnds::look_at_blocks(std::string_view text, Quotes quotes) {
    return look_at_bytes(text, quotes);
}

#endif

}  // namespace cloudhijack::json
