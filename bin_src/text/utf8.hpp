#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// The byte order mark that some programs write at the start of a UTF-8 file.
inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

/// Appends `bytes` to `out`, with U+FFFD for each maximal part that is not UTF-8 (the practice that
/// the Unicode standard recommends in section 3.9, and that browsers and Python follow).
void append_valid_utf8(std::string& out, std::string_view bytes);

/// Returns `text` if it is valid UTF-8; otherwise repairs it into `storage` as append_valid_utf8()
/// does and returns that. `storage` is unchanged if `text` is valid.
std::string_view valid_utf8(std::string_view text, std::string& storage);

/// The longest prefix of a valid UTF-8 text that has at most `most` bytes and ends at a character
/// boundary.
inline std::string_view front_of(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    return text.substr(0, most);
}

}  // namespace cloudhijack::text
