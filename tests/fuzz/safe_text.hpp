#pragma once

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "must.hpp"

namespace cloudhijack {

/// Ends the run if a text is not UTF-8, or has a character that moves a terminal's cursor, changes
/// the direction of text, or is invisible. Lines may end.
inline void must_be_safe(std::string_view text) {
    must(simdjson::validate_utf8(text.data(), text.size()), "a text is no UTF-8");
    const bool has_control = std::ranges::any_of(text, [](char c) {
        return (static_cast<unsigned char>(c) < ' ' && c != '\n') || c == '\x7F';
    });
    must(!has_control, "a text has a control character");
    // The first two bytes of characters of three bytes, and the last byte's first and last value.
    struct Range {
        std::string_view lead;
        unsigned char first;
        unsigned char last;
    };
    constexpr auto unsafe = std::to_array<Range>({{"\xC2", 0x80, 0x9F},
                                                  {"\xD8", 0x9C, 0x9C},
                                                  {"\xE2\x80", 0x8B, 0x8F},
                                                  {"\xE2\x80", 0xA8, 0xAE},
                                                  {"\xE2\x81", 0xA0, 0xAF},
                                                  {"\xEF\xBB", 0xBF, 0xBF},
                                                  {"\xEF\xBF", 0xB9, 0xBB},
                                                  {"\xEF\xBF", 0xBE, 0xBF}});
    for (const Range& range : unsafe) {
        for (auto at = text.find(range.lead); at != std::string_view::npos;
             at = text.find(range.lead, at + 1)) {
            const auto last = static_cast<unsigned char>(text[at + range.lead.size()]);
            must(last < range.first || last > range.last, "a text has an invisible character");
        }
    }
}

/// Text of a page with its five entities replaced. Ends the run at any other markup.
inline std::string unescaped_html(std::string_view text) {
    struct Entity {
        std::string_view name;
        char character;
    };
    constexpr auto entities = std::to_array<Entity>(
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}});
    std::string plain;
    while (!text.empty()) {
        must(!std::string_view("<>\"'").contains(text.front()), "text of a page is not escaped");
        std::size_t size = 1;
        char character = text.front();
        if (character == '&') {
            const auto* found = std::ranges::find_if(
                entities, [text](const Entity& entity) { return text.starts_with(entity.name); });
            must(found != entities.end(), "a page has an unknown entity");
            size = found->name.size();
            character = found->character;
        }
        plain += character;
        text.remove_prefix(size);
    }
    return plain;
}

}  // namespace cloudhijack
