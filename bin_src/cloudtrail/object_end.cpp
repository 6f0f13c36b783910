#include "cloudtrail/object_end.hpp"

#include <string_view>

#include "blocks.hpp"
#include "text/trim.hpp"

namespace cloudhijack::cloudtrail {

#if defined(__x86_64__)
namespace {

constexpr std::string_view k_blanks = " \t\r\n";

// Takes a byte off the end; false where another one stands there.
bool take_last(std::string_view& text, char c) {
    if (!text.ends_with(c)) return false;
    text.remove_suffix(1);
    return true;
}

// Whether the text before a `[` at the top level of an object ends in a key, written in no unusual
// way, that no list of records stands under. The `,` or `{` before the key shows that it is one.
bool is_under_another_key(std::string_view before, const Shape& shape) {
    before = text::trimmed(before, k_blanks);
    if (!take_last(before, ':')) return false;
    before = text::trimmed(before, k_blanks);
    if (!take_last(before, '"')) return false;
    const std::size_t quote = before.rfind('"');
    if (quote == std::string_view::npos) return false;
    const std::string_view key = before.substr(quote + 1);
    before = text::trimmed(before.substr(0, quote), k_blanks);
    const bool is_key = before.ends_with(',') || before == "{";
    return is_key && !key.contains('\\') && !shape.holds_records(key);
}

// Whether a bracket at the top level of an object may begin an array of records.
bool may_begin_list(std::string_view text, std::size_t place, const Shape* lists) {
    return lists != nullptr && text[place] == '[' &&
           !is_under_another_key(text.substr(0, place), *lists);
}

// The bytes that a backslash stands before, itself before none. `first` says whether one did at the
// end of the block before, and then whether one does at the end of this one.
Mask escaped_by(Mask backslashes, bool& first) {
    Mask escaped = first ? 1 : 0;
    backslashes &= ~escaped;
    first = false;
    while (backslashes != 0) {
        const Mask backslash = backslashes & -backslashes;
        first = backslash >> 63U != 0;
        escaped |= backslash << 1U;
        backslashes &= ~(backslash | backslash << 1U);
    }
    return escaped;
}

/// Brackets of a block that stand outside strings, and what makes the end of an object doubtful.
struct Marks {
    Mask opening;
    Mask closing;
    Mask doubtful;
};

/// Reads blocks one behind the other, and knows from each what the next one begins in.
class MarkReader {
  public:
    /// Of `left` bytes, more than none.
    CLOUDHIJACK_AVX2 Marks read(const char* text, std::size_t left) {
        const Block block(text);
        const Mask there = there_of(left);
        const Mask backslashes = block.equal('\\') & there;
        Mask quotes = block.equal('"') & there;
        if (backslashes != 0 || escape_) quotes &= ~escaped_by(backslashes, escape_);
        const Mask in_string = parity_up_to(quotes) ^ inside_;
        inside_ = last_bit_throughout(in_string);

        const Mask newlines = block.equal('\n') & there;
        const Mask opening = block.equal_or_below('{') & there & ~in_string;
        const Mask closing = block.equal_or_below('}') & there & ~in_string;
        const Mask doubtful = (newlines & in_string) | (backslashes & ~in_string) |
                              (opening & (newlines << 1U | line_begins_));
        line_begins_ = newlines >> 63U;
        return {.opening = opening, .closing = closing, .doubtful = doubtful};
    }

  private:
    Mask inside_ = 0;       ///< all ones inside a string
    bool escape_ = false;   ///< behind a backslash
    Mask line_begins_ = 0;  ///< 1 behind a newline
};

}  // namespace

CLOUDHIJACK_AVX2 std::optional<std::size_t> object_size_by_blocks(std::span<const char> bytes,
                                                                  const Shape* lists) {
    const std::string_view text(bytes.data(), bytes.size());
    MarkReader reader;
    std::size_t depth = 0;
    for (std::size_t at = 0; at < text.size(); at += k_block) {
        const Marks marks = reader.read(text.data() + at, text.size() - at);
        const auto opened = static_cast<std::size_t>(__builtin_popcountll(marks.opening));
        const auto closed = static_cast<std::size_t>(__builtin_popcountll(marks.closing));
        const bool is_deep = depth > closed + 1;  // neither the end nor the top level is here
        depth += is_deep ? opened - closed : 0;
        for (Mask brackets = is_deep ? 0 : marks.opening | marks.closing; brackets != 0;
             brackets &= brackets - 1) {
            const Mask bracket = brackets & -brackets;
            const std::size_t place = at + static_cast<std::size_t>(__builtin_ctzll(bracket));
            if ((marks.closing & bracket) != 0) {
                if (--depth > 0) continue;
                if ((marks.doubtful & (bracket - 1)) != 0) return std::nullopt;
                return place + 1;
            }
            if (depth == 1 && may_begin_list(text, place, lists)) return std::nullopt;
            ++depth;
        }
        if (marks.doubtful != 0) return std::nullopt;
    }
    return std::nullopt;
}

#else

std::optional<std::size_t> object_size_by_blocks(std::span<const char> /*bytes*/,
                                                 const Shape* /*lists*/) {
    return std::nullopt;
}

#endif

}  // namespace cloudhijack::cloudtrail
