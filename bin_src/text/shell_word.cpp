#include "text/shell_word.hpp"

#include <algorithm>
#include <cstddef>

#include "text/characters.hpp"

namespace cloudhijack::text {
namespace {

constexpr std::size_t k_longest_word = 256;

bool is_alphanumeric(char c) { return is_letter(c) || is_digit(c); }

// Characters that no shell interprets, anywhere in a word.
bool is_inert(char c) { return is_alphanumeric(c) || std::string_view("_-./:@%+=,").contains(c); }

bool is_printable(char c) { return c >= ' ' && c <= '~'; }

// `-x` is an option, `@file` and `file://file` make programs read a file, and gcloud reads `^:^a:b`
// as a list.
bool is_safe_argument(std::string_view text) {
    return (is_alphanumeric(text.front()) || text.front() == '_') && !text.contains("://") &&
           std::ranges::all_of(text, is_printable);
}

}  // namespace

std::string quoted_for_shell(std::string_view text) {
    if (!text.empty() && std::ranges::all_of(text, is_inert)) return std::string(text);
    std::string word = "'";
    for (const char c : text) {
        if (c == '\'') {
            word += R"('\'')";  // ends the quotes, and begins them again after an escaped quote
        } else {
            word += c;
        }
    }
    return word + '\'';
}

std::string shell_word(std::string_view text, std::string_view placeholder) {
    if (text.empty() || text.size() > k_longest_word || !is_safe_argument(text)) {
        return std::string(placeholder);
    }
    return quoted_for_shell(text);
}

std::string plain_word(std::string_view text, std::string_view placeholder) {
    const bool is_plain = !text.empty() && text.size() <= k_longest_word &&
                          is_alphanumeric(text.front()) && std::ranges::all_of(text, [](char c) {
                              return is_alphanumeric(c) || c == '-' || c == '.' || c == '_';
                          });
    return std::string(is_plain ? text : placeholder);
}

}  // namespace cloudhijack::text
