#include "log/client.hpp"

#include <algorithm>
#include <array>

#include "text/characters.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::string_view k_blanks = " \t";
constexpr std::string_view k_metadata = "md/";

// Whether a word of an AWS SDK's agent describes the single call and not the program.
bool says_how_it_was_called(std::string_view word) {
    constexpr std::array<std::string_view, 7> prefixes = {
        "m/", "ua/", "cfg/", "command/", "exec-env/", "prompt/", "installer/"};
    if (word.starts_with(k_metadata)) word.remove_prefix(k_metadata.size());
    return std::ranges::any_of(
        prefixes, [word](std::string_view prefix) { return word.starts_with(prefix); });
}

std::string_view without_version(std::string_view word) {
    for (std::size_t i = 0; i + 1 < word.size(); ++i) {
        if (word[i] == '/' && text::is_digit(word[i + 1])) return word.substr(0, i);
    }
    return word;
}

bool is_number(std::string_view word) {
    return std::ranges::all_of(word, [](char c) { return text::is_digit(c) || c == '.'; });
}

}  // namespace

std::string client_of(std::string_view user_agent) {
    std::string client;
    for (std::string_view rest = user_agent; !rest.empty();) {
        const auto begin = std::min(rest.find_first_not_of(k_blanks), rest.size());
        rest.remove_prefix(begin);
        std::string_view word = rest.substr(0, rest.find_first_of(k_blanks));
        rest.remove_prefix(word.size());
        if (says_how_it_was_called(word)) continue;
        if (!word.starts_with("md/arch#")) word = word.substr(0, word.find('#'));
        word = without_version(word);
        if (is_number(word)) continue;  // an empty word, too
        if (!client.empty()) client += ' ';
        client += word;
    }
    return client.empty() ? std::string(k_no_client) : client;
}

}  // namespace cloudhijack::log
