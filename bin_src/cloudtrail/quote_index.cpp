#include "cloudtrail/quote_index.hpp"

#include <algorithm>

#include "blocks.hpp"

namespace cloudhijack::cloudtrail {

bool QuoteIndex::look_at(std::string_view text, Quotes quotes) {
    if (text.size() > k_longest) return false;
    masks_.resize((text.size() + k_bytes_a_mask - 1) / k_bytes_a_mask + 1);
    masks_.back() = ~std::uint64_t{0};
    return cpu_ == Cpu::plain ? look_at_bytes(text, quotes) : look_at_blocks(text, quotes);
}

bool QuoteIndex::look_at_bytes(std::string_view text, Quotes quotes) {
    std::fill(masks_.begin(), masks_.end() - 1, 0);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (static_cast<signed char>(c) < ' ' || c == '\\') return false;
        if (c != '"') continue;
        masks_[at / k_bytes_a_mask] |= std::uint64_t{1} << (at % k_bytes_a_mask);
        if (quotes == Quotes::single) continue;
        if (!text.substr(at + 1).starts_with('"')) return false;
        ++at;
    }
    return true;
}

#if defined(__x86_64__)
namespace {

static_assert(k_block == QuoteIndex::k_bytes_a_mask);

/// Takes the blocks of a text, one after the other.
class BlockWalk {
  public:
    explicit BlockWalk(Quotes quotes) : quotes_(quotes) {}

    // The mask of a block's quotes.
    CLOUDHIJACK_AVX2 Mask take(const char* text, Mask there) {
        const Block block(text);
        wrong_ |= (block.below_space_or_beyond_ascii() | block.equal('\\')) & there;
        const Mask places = block.equal('"') & there;
        if (quotes_ == Quotes::single) return places;
        const Mask parity = parity_up_to(places) ^ is_second_;
        const Mask firsts = places & parity;
        wrong_ |= (places & ~parity) ^ (firsts << 1U | comes_first_);
        is_second_ = last_bit_throughout(parity);
        comes_first_ = firsts >> (k_block - 1);
        return firsts;
    }

    [[nodiscard]] bool is_well() const { return wrong_ == 0 && is_second_ == 0; }

  private:
    Quotes quotes_;
    Mask wrong_ = 0;
    Mask is_second_ = 0;    // of a doubled quote: all ones where the next one is
    Mask comes_first_ = 0;  // 1 where the block before ends with the first of two
};

}  // namespace

CLOUDHIJACK_AVX2 bool QuoteIndex::look_at_blocks(std::string_view text, Quotes quotes) {
    BlockWalk walk(quotes);
    Mask* mask = masks_.data();
    std::size_t at = 0;
    for (; at + k_block <= text.size(); at += k_block) {
        *mask++ = walk.take(text.data() + at, ~Mask{0});
    }
    if (at < text.size()) *mask = walk.take(text.data() + at, there_of(text.size() - at));
    return walk.is_well();
}

#else

bool QuoteIndex::look_at_blocks(std::string_view text, Quotes quotes) {
    return look_at_bytes(text, quotes);
}

#endif

}  // namespace cloudhijack::cloudtrail
