#include "output/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "text/utf8.hpp"

namespace cloudhijack::output {
namespace {

// An ellipsis, one character wide.
constexpr std::string_view k_cut = "\xE2\x80\xA6";

/// One character of valid UTF-8.
struct Character {
    char32_t code = 0;
    std::size_t size = 1;  ///< bytes
};

Character character_at(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return {.code = byte(0), .size = 1};
    std::size_t size = 2;
    if (byte(0) >= 0xE0) size = 3;
    if (byte(0) >= 0xF0) size = 4;
    char32_t code = byte(0) & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) code = code << 6U | (byte(i) & 0x3FU);
    return {.code = code, .size = size};
}

// An upper bound of the columns that a character takes on any terminal: a character that may be
// wide counts as wide, and one that combines with the previous character counts separately. So a
// line may become too short but never too long.
std::size_t columns_of(char32_t code) { return code < 0x1100 || code == 0x2026 ? 1 : 2; }

// Control characters, characters that change the direction of text, break lines or are invisible,
// and those that XML does not allow.
bool is_unsafe(char32_t code) {
    constexpr std::array<std::pair<char32_t, char32_t>, 10> ranges = {{{0x00, 0x1F},
                                                                       {0x7F, 0x9F},
                                                                       {0x061C, 0x061C},
                                                                       {0x200B, 0x200F},
                                                                       {0x2028, 0x202E},
                                                                       {0x2060, 0x206F},
                                                                       {0xFEFF, 0xFEFF},
                                                                       {0xFFF9, 0xFFFB},
                                                                       {0xFFFE, 0xFFFF},
                                                                       {0xE0000, 0xE007F}}};
    return std::ranges::any_of(
        ranges, [code](const auto& range) { return code >= range.first && code <= range.second; });
}

// The longest prefix of whole characters that fits into `width` columns.
std::string_view front_that_fits(std::string_view text, std::size_t width) {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto [code, size] = character_at(text.substr(end));
        if (columns_of(code) > width) break;
        width -= columns_of(code);
        end += size;
    }
    return text.substr(0, end);
}

std::string_view back_that_fits(std::string_view text, std::size_t width) {
    while (terminal_columns(text) > width) text.remove_prefix(character_at(text).size);
    return text;
}

}  // namespace

std::size_t terminal_columns(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto [code, size] = character_at(text);
        columns += columns_of(code);
        text.remove_prefix(size);
    }
    return columns;
}

std::string for_terminal(std::string_view text, std::size_t width) {
    std::string valid;
    text::append_valid_utf8(valid, text);
    std::string shown;
    for (std::string_view rest = valid; !rest.empty();) {
        const auto [code, size] = character_at(rest);
        shown += is_unsafe(code) ? "?" : rest.substr(0, size);
        rest.remove_prefix(size);
    }
    const std::size_t needed = terminal_columns(shown);
    if (width == 0 || needed <= width) return shown;
    const std::size_t kept = width - 1;
    return std::string(front_that_fits(shown, kept / 2)) + std::string(k_cut) +
           std::string(back_that_fits(shown, kept - kept / 2));
}

}  // namespace cloudhijack::output
