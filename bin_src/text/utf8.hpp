#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Appends `bytes` to `out`, with U+FFFD for each maximal part that is not UTF-8 (the practice that
/// the Unicode standard recommends in section 3.9, and that browsers and Python follow).
void append_valid_utf8(std::string& out, std::string_view bytes);

/// As many whole characters from the front of valid UTF-8 as `most` bytes hold.
inline std::string_view front_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace cloudhijack::text
