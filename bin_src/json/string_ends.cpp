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

/// Takes the blocks of a text, one after the other.
class BlockWalk {
  public:
    explicit BlockWalk(Quotes quotes) : quotes_(quotes) {}

    // The mask of the strings that end in a block.
    CLOUDHIJACK_AVX2 simd::Mask take(const char* text, simd::Mask there) {
        const simd::ByteBlock block(text);
        wrong_ |= (block.below_space_or_beyond_ascii() | block.equal('\\')) & there;
        simd::Mask places = block.equal('"') & there;
        if (quotes_ == Quotes::doubled) places = firsts_of_two(places);
        const simd::Mask inside = simd::parity_up_to(places) ^ inside_;
        inside_ = simd::last_bit_throughout(inside);
        return places & ~inside;
    }

    [[nodiscard]] bool is_well() const { return (wrong_ | is_second_ | inside_) == 0; }

  private:
    CLOUDHIJACK_AVX2 simd::Mask firsts_of_two(simd::Mask places) {
        const simd::Mask parity = simd::parity_up_to(places) ^ is_second_;
        const simd::Mask firsts = places & parity;
        wrong_ |= (places & ~parity) ^ (firsts << 1U | comes_first_);
        is_second_ = simd::last_bit_throughout(parity);
        comes_first_ = firsts >> (simd::k_block - 1);
        return firsts;
    }

    Quotes quotes_;
    simd::Mask wrong_ = 0;
    simd::Mask is_second_ = 0;    // of a doubled quote: all ones where the next one is
    simd::Mask comes_first_ = 0;  // 1 where the block before ends with the first of two
    simd::Mask inside_ = 0;       // all ones where it ends inside a string
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
    return walk.is_well();
}

#else

bool StringEnds::look_at_blocks(std::string_view text, Quotes quotes) {
    return look_at_bytes(text, quotes);
}

#endif

}  // namespace cloudhijack::json
