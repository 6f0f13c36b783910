#include "json/object_end.hpp"

#include <cstdint>
#include <string_view>

#include "simd/blocks.hpp"
#include "text/trim.hpp"

namespace cloudhijack::json {

#if defined(__x86_64__)
namespace {

// Removes a byte from the end; false if the text ends in another one.
bool take_last(std::string_view& text, char c) {
    if (!text.ends_with(c)) return false;
    text.remove_suffix(1);
    return true;
}

// Whether the text before a `[` at the top level of an object ends in an ordinary key that does not
// name a list of records. The `,` or `{` before the string shows that it is a key.
bool is_under_another_key(std::string_view before, const text::KeyTable& lists) {
    before = text::trimmed(before);
    if (!take_last(before, ':')) return false;
    before = text::trimmed(before);
    if (!take_last(before, '"')) return false;
    const std::size_t quote = before.rfind('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view key = before.substr(quote + 1);
    before = text::trimmed(before.substr(0, quote));
    const bool is_key = before.ends_with(',') || before == "{";
    return is_key && !key.contains('\\') && !lists.contains(key);
}

// The bytes that a backslash escapes. `first` says whether the last byte of the previous block
// escapes the first byte of this one; afterwards it says the same about this block and the next.
simd::Mask escaped_by(simd::Mask backslashes, bool& first) {
    simd::Mask escaped = first ? 1 : 0;
    backslashes &= ~escaped;
    first = false;
    while (backslashes != 0) {
        const simd::Mask backslash = backslashes & -backslashes;
        first = backslash >> 63U != 0;
        escaped |= backslash << 1U;
        backslashes &= ~(backslash | backslash << 1U);
    }
    return escaped;
}

CLOUDHIJACK_AVX2 std::size_t count_of(simd::Mask mask) {
    return static_cast<std::size_t>(__builtin_popcountll(mask));
}

std::size_t first_of(simd::Mask mask) { return static_cast<std::size_t>(__builtin_ctzll(mask)); }

/// The brackets of a block outside strings, and the positions that make the end of an object
/// doubtful.
struct Marks {
    simd::Mask opening;
    simd::Mask closing;
    simd::Mask doubtful;
};

/// Walks over an object block by block: fast over blocks that contain neither its end nor anything
/// unusual, and with a closer look at every other block.
class ObjectWalk {
  public:
    ObjectWalk(std::string_view text, const NameKey& name, const text::KeyTable* lists)
        : text_(text), name_(&name), lists_(lists) {}

    CLOUDHIJACK_AVX2 std::optional<ObjectEnd> find_end() {
        Step step = Step::on;
        while (step == Step::on && at_ < text_.size()) {
            if (!carries_over_) pass_usual_blocks();
            if (at_ < text_.size()) step = look_closely();
        }
        if (step != Step::end) return std::nullopt;
        return end_;
    }

  private:
    enum class Step : std::uint8_t { on, end, doubt };

    CLOUDHIJACK_AVX2 void pass_usual_blocks() {
        // If present can be no lists, arrays at the top level do not matter.
        const std::size_t top = lists_ != nullptr ? 1 : 0;
        const char first = name_->first();
        const char second = name_->second();
        std::size_t depth = depth_;
        simd::Mask inside = inside_;
        std::size_t at = at_;
        for (; text_.size() - at >= simd::k_block; at += simd::k_block) {
            const simd::ByteBlock block(text_.data() + at);
            const simd::ByteBlock next(text_.data() + at + 1);
            const simd::Mask in_string = simd::parity_up_to(block.equal('"')) ^ inside;
            const simd::Mask opening = block.equal_or_below('{') & ~in_string;
            const simd::Mask closing = block.equal_or_below('}') & ~in_string;
            const std::size_t closed = count_of(closing);
            if (depth <= closed + (opening != 0 ? top : 0)) break;
            if ((block.newline_or_backslash() | block.pair(first, second, next)).any()) {
                if (block.newline_or_backslash().any()) break;
                note_names(block.equal_before(first, next, second), at);
            }
            depth += count_of(opening) - closed;
            inside = simd::last_bit_throughout(in_string);
        }
        depth_ = depth;
        inside_ = inside;
        at_ = at;
    }

    CLOUDHIJACK_AVX2 Step look_closely() {
        const simd::ByteBlock block(text_.data() + at_);
        const simd::ByteBlock next(text_.data() + at_ + 1);
        const simd::Mask present = simd::present_bytes(text_.size() - at_);
        const simd::Mask backslashes = block.equal('\\') & present;
        const Marks marks = read_marks(block, backslashes, present);
        const simd::Mask end = end_among(marks);
        const simd::Mask before = end == 0 ? present : end - 1;
        if ((marks.doubtful & before) != 0) return Step::doubt;
        if (lists_ != nullptr && may_hold_list(block.equal('[') & marks.opening & before, marks)) {
            return Step::doubt;
        }
        note_names(block.equal_before(name_->first(), next, name_->second()) & before, at_);
        has_unicode_escapes_ |= (backslashes & next.equal('u') & before) != 0;
        if (end != 0) {
            end_.size = at_ + first_of(end) + 1;
            if (names_ != 1 || has_unicode_escapes_) end_.only_name_key.reset();
            return Step::end;
        }
        depth_ += count_of(marks.opening) - count_of(marks.closing);
        at_ += simd::k_block;
        return Step::on;
    }

    CLOUDHIJACK_AVX2 Marks read_marks(const simd::ByteBlock& block, simd::Mask backslashes,
                                      simd::Mask present) {
        simd::Mask quotes = block.equal('"') & present;
        if (backslashes != 0 || escape_) quotes &= ~escaped_by(backslashes, escape_);
        const simd::Mask in_string = simd::parity_up_to(quotes) ^ inside_;
        inside_ = simd::last_bit_throughout(in_string);

        const simd::Mask newlines = block.equal('\n') & present;
        const simd::Mask opening = block.equal_or_below('{') & present & ~in_string;
        const simd::Mask closing = block.equal_or_below('}') & present & ~in_string;
        const simd::Mask doubtful = (newlines & in_string) | (backslashes & ~in_string) |
                                    (opening & (newlines << 1U | line_begins_));
        line_begins_ = newlines >> 63U;
        carries_over_ = escape_ || line_begins_ != 0;
        return {.opening = opening, .closing = closing, .doubtful = doubtful};
    }

    // The bracket that closes the object; 0 if it is not in this block.
    [[nodiscard]] CLOUDHIJACK_AVX2 simd::Mask end_among(const Marks& marks) const {
        std::size_t depth = depth_;
        for (simd::Mask rest = marks.closing; rest != 0; rest &= rest - 1) {
            const simd::Mask bracket = rest & -rest;
            if (depth + count_of(marks.opening & (bracket - 1)) == 1) return bracket;
            --depth;
        }
        return 0;
    }

    // Whether one of these brackets is at the top level and may begin an array of records.
    [[nodiscard]] CLOUDHIJACK_AVX2 bool may_hold_list(simd::Mask brackets,
                                                      const Marks& marks) const {
        for (; brackets != 0; brackets &= brackets - 1) {
            const simd::Mask before = (brackets & -brackets) - 1;
            const std::size_t depth =
                depth_ + count_of(marks.opening & before) - count_of(marks.closing & before);
            const std::string_view text = text_.substr(0, at_ + first_of(brackets));
            if (depth == 1 && !is_under_another_key(text, *lists_)) return true;
        }
        return false;
    }

    void note_names(simd::Mask pairs, std::size_t at) {
        for (; pairs != 0; pairs &= pairs - 1) {
            const std::size_t pair = at + first_of(pairs);
            if (pair < name_->pair()) continue;
            const std::size_t position = pair - name_->pair();
            if (!name_->is_at(position, text_)) continue;
            ++names_;
            end_.only_name_key = position;
        }
    }

    std::string_view text_;
    const NameKey* name_;
    const text::KeyTable* lists_;
    // The state at the start of the next block. The first block begins after the object's first
    // bracket.
    std::size_t at_ = 1;
    std::size_t depth_ = 1;
    simd::Mask inside_ = 0;       ///< all ones inside a string
    bool escape_ = false;         ///< the previous byte is a backslash that escapes
    simd::Mask line_begins_ = 0;  ///< 1 if the previous byte is a newline
    bool carries_over_ = false;   ///< either of these two applies

    ObjectEnd end_;
    std::size_t names_ = 0;
    bool has_unicode_escapes_ = false;  ///< some character is written as `\u`
};

}  // namespace

std::optional<ObjectEnd> object_end_by_blocks(std::span<const char> bytes, const NameKey& name,
                                              const text::KeyTable* lists) {
    return ObjectWalk({bytes.data(), bytes.size()}, name, lists).find_end();
}

#else

std::optional<ObjectEnd> object_end_by_blocks(std::span<const char> /*bytes*/,
                                              const NameKey& /*name*/,
                                              const text::KeyTable* /*lists*/) {
    return std::nullopt;
}

#endif

}  // namespace cloudhijack::json
