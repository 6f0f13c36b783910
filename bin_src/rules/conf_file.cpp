#include "rules/conf_file.hpp"

#include <algorithm>

#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::rules {
namespace {

std::string_view trimmed(std::string_view text) { return text::trimmed(text, " \t\r"); }

// Takes lines off the front of a text; a continued line includes the lines that continue it.
class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    bool next() {
        if (rest_.empty()) return false;
        number_ += taken_;
        taken_ = 0;
        text_.clear();
        bool goes_on = true;
        while (goes_on && !rest_.empty()) {
            const auto end = std::min(rest_.find('\n'), rest_.size());
            std::string_view line = trimmed(rest_.substr(0, end));
            rest_.remove_prefix(std::min(end + 1, rest_.size()));
            if (++taken_ > 1) text_ += '\n';
            goes_on = line.ends_with('\\') && !line.starts_with('#');
            if (goes_on) line.remove_suffix(1);
            text_ += line;
        }
        return true;
    }

    [[nodiscard]] const std::string& text() const { return text_; }
    [[nodiscard]] std::size_t number() const { return number_; }

  private:
    std::string_view rest_;
    std::string text_;
    std::size_t number_ = 1;
    std::size_t taken_ = 0;  ///< the number of lines that text() joins
};

}  // namespace

std::string to_text(const Mistake& mistake) {
    const auto& [file, line, stanza, key] = mistake.place;
    if (file.empty()) return mistake.text;
    std::string text = file + ':' + std::to_string(line) + ':';
    if (!stanza.empty()) text += " [" + stanza + ']';
    if (!key.empty()) text += ' ' + key;
    if (!stanza.empty() || !key.empty()) text += ':';
    return text + ' ' + mistake.text;
}

ConfFile parse(std::string_view file, std::string_view text) {
    if (text.starts_with(text::k_byte_order_mark))
        text.remove_prefix(text::k_byte_order_mark.size());
    ConfFile parsed;
    ConfPlace place{.file = std::string(file), .line = 0, .stanza = {}, .key = {}};
    for (Lines lines(text); lines.next();) {
        const std::string_view line = trimmed(lines.text());
        place.line = lines.number();
        if (line.empty() || line.starts_with('#')) continue;
        if (line.starts_with('[')) {
            place.stanza.clear();
            if (line.ends_with(']')) {
                place.stanza = trimmed(line.substr(1, line.size() - 2));
            } else {
                parsed.mistakes.push_back(
                    {.place = place, .text = "the stanza's name has no closing ]; write [stanza]"});
            }
            continue;
        }
        const auto sign = line.find('=');
        if (sign == std::string_view::npos) {
            parsed.mistakes.push_back(
                {.place = place,
                 .text = "not a valid line; write [stanza], key = value or # comment"});
            continue;
        }
        Setting setting{.place = place, .value = std::string(trimmed(line.substr(sign + 1)))};
        setting.place.key = trimmed(line.substr(0, sign));
        parsed.settings.push_back(std::move(setting));
    }
    return parsed;
}

}  // namespace cloudhijack::rules
