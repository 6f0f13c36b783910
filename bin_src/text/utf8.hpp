#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// What some programs write at the start of a file in UTF-8.
inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// Appends `bytes` to `out`, with U+FFFD for each maximal part that is not UTF-8 (the practice that
/// the Unicode standard recommends in section 3.9, and that browsers and Python follow).
void append_valid_utf8(std::string& out, std::string_view bytes);

/// `text` if it is UTF-8; else `storage`, which then holds it as append_valid_utf8() makes it. If
/// it is UTF-8, `storage` stays as it is.
std::string_view valid_utf8(std::string_view text, std::string& storage);

/// As many whole characters from the front of valid UTF-8 as `most` bytes hold.
inline std::string_view front_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace cloudhijack::text
