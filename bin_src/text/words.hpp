#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/trim.hpp"

namespace cloudhijack::text {

/// The non-empty parts of a text between separators, as views into the text.
inline std::vector<std::string_view> words(std::string_view text,
                                           std::string_view separators = k_blanks) {
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return words;
        words.push_back(text.substr(0, text.find_first_of(separators)));
        text.remove_prefix(words.back().size());
    }
}

/// The words joined with a separator between them.
inline std::string joined(std::span<const std::string> words, std::string_view separator) {
    std::string text;
    for (const std::string& word : words) {
        if (!text.empty()) text += separator;
        text += word;
    }
    return text;
}

}  // namespace cloudhijack::text
