#pragma once

#include <random>
#include <string>
#include <string_view>

namespace cloudhijack {

/// The same text with each of its quotes doubled, as in a CSV cell.
inline std::string with_doubled_quotes(std::string_view text) {
    std::string doubled;
    for (const char c : text) doubled += c == '"' ? "\"\"" : std::string(1, c);
    return doubled;
}

/// The text with up to `most` random changes: a byte is replaced by one of `bytes` or one of them
/// is inserted, a piece of the text is repeated, or a few bytes are deleted. The same seed gives
/// the same text.
inline std::string with_changes(std::string text, unsigned seed, unsigned most,
                                std::string_view bytes) {
    std::mt19937 random(seed);
    for (auto left = random() % (most + 1); left > 0 && !text.empty(); --left) {
        const auto at = random() % text.size();
        switch (random() % 4) {
            case 0:
                text[at] = bytes[random() % bytes.size()];
                break;
            case 1:
                text.insert(at, 1, bytes[random() % bytes.size()]);
                break;
            case 2: {
                const auto to = random() % text.size();
                text.insert(to, text.substr(at, random() % 40));
                break;
            }
            default:
                text.erase(at, 1 + random() % 9);
        }
    }
    return text;
}

}  // namespace cloudhijack
