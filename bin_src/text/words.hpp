#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace cloudhijack::text {

/// The parts of a text between separators, without empty ones; views into the text.
inline std::vector<std::string_view> words(std::string_view text,
                                           std::string_view separators = " \t\r\n") {
    std::vector<std::string_view> words;
    while (true) {
        text.remove_prefix(std::min(text.find_first_not_of(separators), text.size()));
        if (text.empty()) return words;
        words.push_back(text.substr(0, text.find_first_of(separators)));
        text.remove_prefix(words.back().size());
    }
}

}  // namespace cloudhijack::text
