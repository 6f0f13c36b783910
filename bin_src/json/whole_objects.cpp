#include "json/whole_objects.hpp"

#include <algorithm>
#include <utility>

#include "json/check.hpp"
#include "text/trim.hpp"

namespace cloudhijack::json {
namespace {

constexpr std::size_t k_longest_key = 128;

std::string_view without_leading_blanks(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(text::k_blanks), text.size()));
    return text;
}

// The position at which an object would begin that follows the text before `end`.
std::size_t begin_of_next(std::string_view text, std::size_t end) {
    return std::min(text.find_first_not_of(" \t\r\n,", end), text.size());
}

// Whether a text looks like a key of a record. If a quote is missing, the text between two quotes
// is not a string and contains commas and brackets.
bool may_be_key(std::string_view text) {
    return !text.empty() && text.find_first_of("{}[],:\\\n") == std::string_view::npos;
}

}  // namespace

WholeObjects::WholeObjects(std::string_view text, const Surroundings& around)
    : text_(text), is_element_(around.is_element), next_(begin_of_next(text, 0)) {
    if (around.first_key.empty()) return;
    const std::string start = "{\"" + std::string(around.first_key) + '"';
    if (!without_leading_blanks(text).starts_with(start)) object_start_ = start;
}

std::optional<WholeObjects::WholeObject> WholeObjects::next() {
    while (true) {
        const std::size_t bracket = text_.find_first_of("{[", at_);
        if (bracket == std::string_view::npos) return std::nullopt;
        const bool is_list = text_[bracket] == '[';
        if (is_list ? is_list_of_objects(bracket) : !begins_object(bracket)) {
            at_ = bracket + 1;
            continue;
        }
        const bool is_inside = is_list || (is_nested(bracket) && bracket != forced_);
        const Check checked = check(text_.substr(bracket));
        switch (checked.end) {
            case Check::End::closed:
                at_ = bracket + checked.size;
                if (is_inside) continue;
                next_ = begin_of_next(text_, at_);
                return WholeObject{.begin = bracket,
                                   .end = at_,
                                   .damaged_before = std::exchange(damaged_, std::size_t{0})};
            case Check::End::damaged:
                if (!is_inside) ++damaged_;
                go_on_after(bracket, checked);
                continue;
            case Check::End::cut_off:
                if (!is_inside) ++damaged_;
                if (!go_on_at_element(bracket, checked)) go_on_at_next_line(bracket);
                continue;
        }
    }
}

// The last non-blank character before a position; NUL if there is none.
char WholeObjects::character_before(std::size_t position) const {
    const auto before = text_.substr(0, position).find_last_not_of(text::k_blanks);
    return before == std::string_view::npos ? '\0' : text_[before];
}

bool WholeObjects::is_value(std::size_t bracket) const { return character_before(bracket) == ':'; }

// Whether the bracket begins a value, or an element of an array that contains damage.
bool WholeObjects::is_nested(std::size_t bracket) const {
    return is_value(bracket) || (bracket < array_end_ && character_before(bracket) == ',');
}

bool WholeObjects::begins_object(std::size_t bracket) const {
    std::string_view rest = without_leading_blanks(text_.substr(bracket + 1));
    if (!rest.starts_with('"')) return false;
    rest.remove_prefix(1);
    const std::string_view key = rest.substr(0, rest.substr(0, k_longest_key).find('"'));
    if (key.size() >= k_longest_key || key.size() == rest.size()) return false;
    if (bracket != next_ && !may_be_key(key)) return false;
    return without_leading_blanks(rest.substr(key.size() + 1)).starts_with(':');
}

bool WholeObjects::is_list_of_objects(std::size_t bracket) const {
    return !object_start_.empty() &&
           without_leading_blanks(text_.substr(bracket + 1)).starts_with(object_start_);
}

// Continues at an element that begins like the damaged one; false if there is none.
bool WholeObjects::go_on_at_element(std::size_t bracket, const Check& damaged_object) {
    constexpr std::size_t most_checks = 16;  // of each byte, on average
    if (!is_element_ || text_[bracket] != '{' || checked_ > most_checks * text_.size()) {
        return false;
    }
    checked_ += damaged_object.size;
    const std::string_view object = text_.substr(bracket, damaged_object.size);
    const std::string_view start = object.substr(0, object.find(':'));
    for (auto at = object.find(start, 1); at != std::string_view::npos;
         at = object.find(start, at + 1)) {
        if (character_before(bracket + at) != ',') continue;
        at_ = forced_ = bracket + at;
        return true;
    }
    return false;
}

void WholeObjects::go_on_after(std::size_t bracket, const Check& damaged) {
    const std::size_t position = bracket + damaged.size;
    const auto before = text_.substr(0, position).find_last_not_of(" \t\r\n,");
    // An object that was truncated before a value has taken the next object as that value.
    if (text_[position] == '{' && text_[before] == '}' && damaged.last_object > 0) {
        at_ = forced_ = bracket + damaged.last_object;
        return;
    }
    if (go_on_at_element(bracket, damaged)) return;
    if (damaged.is_in_array && !is_element_ && text_[bracket] == '{') {
        const auto end = next_closing_bracket(position);
        array_end_ = end == std::string_view::npos ? 0 : end;
    }
    // No object begins between the last token and the damage.
    const std::size_t token = damaged.last_token > 0 ? damaged.last_token : damaged.size;
    at_ = bracket + std::max<std::size_t>(token, 1);
}

// The first `]` from a position on; npos if there is none.
std::size_t WholeObjects::next_closing_bracket(std::size_t position) {
    if (position < closing_from_ || position > closing_) {
        closing_from_ = position;
        closing_ = text_.find(']', position);
    }
    return closing_;
}

// An object that was truncated before a value has taken the object on the next line as that value,
// and ends with the text.
void WholeObjects::go_on_at_next_line(std::size_t bracket) {
    const auto line = text_.rfind("\n{");
    const bool has_line = line != std::string_view::npos && line >= bracket && is_value(line + 1);
    at_ = has_line ? line + 1 : text_.size();
    forced_ = has_line ? at_ : std::string_view::npos;
}

}  // namespace cloudhijack::json
