#include "json/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/characters.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"

namespace cloudhijack::json {
namespace {

constexpr std::size_t k_deepest = 1024;

// Whether a bare word of JSON may contain the character.
bool is_word_character(char c) {
    return text::is_digit(c) || text::is_letter(c) || c == '+' || c == '-' || c == '.';
}

// Whether a string of JSON must have the character as an escape.
bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

/// Walks once over the tokens of a text and checks their order.
class GrammarWalk {
  public:
    explicit GrammarWalk(std::string_view text) : text_(text) {}

    Check run() {
        check_.end = Check::End::closed;
        while (at_ < text_.size() && text::is_blank(text_[at_])) ++at_;
        open(at_ < text_.size() ? text_[at_] : '\0');
        while (check_.end == Check::End::closed && !open_.empty()) step();
        check_.size = at_;
        check_.is_in_array = std::ranges::any_of(
            open_, [this](std::size_t bracket) { return text_[bracket] == '['; });
        return check_;
    }

  private:
    enum class Expected : std::uint8_t {
        value,
        value_or_end,
        key,
        key_or_end,
        colon,
        comma_or_end
    };

    void step() {
        while (at_ < text_.size() && text::is_blank(text_[at_])) ++at_;
        if (at_ == text_.size()) {
            check_.end = Check::End::cut_off;
            return;
        }
        const char c = text_[at_];
        switch (next_) {
            case Expected::value_or_end:
            case Expected::key_or_end:
                if (c == closing_bracket()) return close();
                return next_ == Expected::key_or_end ? take_key(c) : take_value(c);
            case Expected::value:
                return take_value(c);
            case Expected::key:
                return take_key(c);
            case Expected::colon:
                if (c != ':') return fail("a colon");
                ++at_;
                next_ = Expected::value;
                return;
            case Expected::comma_or_end:
                if (c == closing_bracket()) return close();
                if (c != ',') return fail("a comma or a closing bracket");
                ++at_;
                next_ = last_bracket() == '{' ? Expected::key : Expected::value;
                return;
        }
        std::unreachable();
    }

    [[nodiscard]] char closing_bracket() const { return last_bracket() == '{' ? '}' : ']'; }
    [[nodiscard]] char last_bracket() const { return text_[open_.back()]; }

    void open(char bracket) {
        if (bracket != '{' && bracket != '[') return fail("{ or [");
        if (open_.size() == k_deepest) {
            check_.is_too_deep = true;
            return fail("an end");
        }
        open_.push_back(at_++);
        next_ = bracket == '{' ? Expected::key_or_end : Expected::value_or_end;
    }

    void close() {
        if (last_bracket() == '{') check_.last_object = open_.back();
        open_.pop_back();
        ++at_;
        next_ = Expected::comma_or_end;
    }

    void take_key(char c) {
        if (c != '"') return fail("a key in double quotes");
        take_string();
        next_ = Expected::colon;
    }

    void take_value(char c) {
        if (c == '{' || c == '[') return open(c);
        if (c == '"') {
            take_string();
        } else {
            take_word();
        }
        next_ = Expected::comma_or_end;
    }

    void take_string() {
        check_.last_token = at_++;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '"') {
                ++at_;
                return;
            }
            if (is_control(c)) {
                check_.is_in_string = true;
                return fail("the string's end");
            }
            if (c == '\\') skip_escape();
        }
        at_ = text_.size();
        check_.is_in_string = true;
        check_.end = Check::End::cut_off;
    }

    // Moves from the backslash to the last byte of the escape. A control character is not part of
    // an escape: it ends the string.
    void skip_escape() {
        const std::string_view rest = text_.substr(at_ + 1);
        if (rest.empty() || is_control(rest.front())) return;
        constexpr std::size_t digits = 4;
        const bool is_code =
            rest.starts_with('u') && rest.size() > digits &&
            std::ranges::all_of(rest.substr(1, digits), text::is_hexadecimal_digit);
        if (!is_code && !std::string_view("\"\\/bfnrt").contains(rest.front())) note_bad_value();
        ++at_;
    }

    void take_word() {
        check_.last_token = at_;
        const auto* const begin = text_.begin() + at_;
        const auto* const end = std::find_if_not(begin, text_.end(), is_word_character);
        const std::string_view word(begin, end);
        if (word == "true" || word == "false" || word == "null") {
            at_ += word.size();
        } else if (!word.empty() && (text::is_digit(word.front()) || word.front() == '-')) {
            if (!is_number(word)) note_bad_value();
            at_ += word.size();
        } else if (end == text_.end() && is_start_of_word(word)) {
            at_ = text_.size();
            check_.end = Check::End::cut_off;
        } else {
            fail("a value");
        }
    }

    static bool is_start_of_word(std::string_view word) {
        const auto begins_with = [word](std::string_view whole) { return whole.starts_with(word); };
        return begins_with("true") || begins_with("false") || begins_with("null");
    }

    void note_bad_value() {
        if (!check_.bad_value) check_.bad_value = at_;
    }

    void fail(std::string_view expected) {
        check_.end = Check::End::damaged;
        check_.expected = expected;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    Expected next_ = Expected::value;
    std::vector<std::size_t> open_;  ///< the positions of the open brackets
    Check check_;
};

std::string at_byte(std::size_t place) { return "at byte " + std::to_string(place); }

// The character at a position, with all its bytes, quoted for a message.
std::string character_at(std::string_view text, std::size_t place) {
    constexpr unsigned char continuation = 0x80;
    constexpr unsigned char continuation_mask = 0xC0;
    std::size_t end = place + 1;
    while (end < text.size() &&
           (static_cast<unsigned char>(text[end]) & continuation_mask) == continuation) {
        ++end;
    }
    return text::quoted(text.substr(place, end - place));
}

}  // namespace

Check check(std::string_view text) { return GrammarWalk(text).run(); }

// The grammar of RFC 8259, section 6.
bool is_number(std::string_view text) {
    const auto take_digits = [&text] {
        const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
        text.remove_prefix(end);
        return end;
    };
    if (text.starts_with('-')) text.remove_prefix(1);
    const bool has_leading_zero = text.starts_with('0');
    const auto whole_digits = take_digits();
    if (whole_digits == 0 || (has_leading_zero && whole_digits > 1)) return false;
    if (text.starts_with('.')) {
        text.remove_prefix(1);
        if (take_digits() == 0) return false;
    }
    if (text.starts_with('e') || text.starts_with('E')) {
        text.remove_prefix(1);
        if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
        if (take_digits() == 0) return false;
    }
    return text.empty();
}

bool is_whole(std::string_view text) {
    const Check checked = check(text);
    return checked.end == Check::End::closed &&
           text.find_first_not_of(text::k_blanks, checked.size) == std::string_view::npos;
}

bool is_cut_off(std::string_view text) {
    const bool begins = text.starts_with('{') || text.starts_with('[');
    return begins && check(text).end == Check::End::cut_off;
}

std::string damage_in_words(std::string_view text) {
    const auto begin = text.find_first_not_of(text::k_blanks);
    if (begin == std::string_view::npos) return "is empty";
    const std::string_view json = text.substr(begin);
    if (json.front() != '{' && json.front() != '[') return "is not a JSON object";
    const Check checked = check(json);
    const std::size_t place = begin + checked.size;
    switch (checked.end) {
        case Check::End::cut_off:
            return "is cut off: its JSON ends " +
                   std::string(checked.is_in_string ? "inside a string"
                                                    : "before its last bracket") +
                   ", after " + std::to_string(place) + " bytes";
        case Check::End::damaged:
            if (checked.is_too_deep) {
                return "nests more than 1,024 brackets, the last of them " + at_byte(place);
            }
            if (checked.is_in_string) {
                return "is damaged JSON: a string has a line break or another control character, " +
                       at_byte(place);
            }
            if (text[place] == '\'') {
                return "is not JSON: it has a single quote where JSON has double quotes, " +
                       at_byte(place);
            }
            return "is damaged JSON: it has " + character_at(text, place) + " instead of " +
                   std::string(checked.expected) + ", " + at_byte(place);
        case Check::End::closed:
            if (json.front() == '[') return "is not a JSON object";
            break;
    }
    if (text.find_first_not_of(text::k_blanks, place) != std::string_view::npos) {
        return "has text after the end of its JSON object, " + at_byte(place);
    }
    if (checked.bad_value) {
        return "is not valid JSON: it has a number or an escape that JSON does not allow, " +
               at_byte(begin + *checked.bad_value);
    }
    return "cannot be parsed as JSON";
}

}  // namespace cloudhijack::json
