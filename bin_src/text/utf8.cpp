#include "text/utf8.hpp"

#include <simdjson.h>

#include <cstddef>

namespace cloudhijack::text {
namespace {

constexpr std::string_view k_replacement = "\xEF\xBF\xBD";

struct Sequence {
    std::size_t length = 1;  ///< bytes of the character, or of the invalid part
    bool valid = false;
};

// Table 3-7 of the Unicode standard: the range of the second byte depends on the first; later bytes
// are 80..BF.
Sequence sequence_at(std::string_view bytes) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return {.length = 1, .valid = true};
    if (lead < 0xC2 || lead > 0xF4) return {};
    unsigned char least = 0x80;
    unsigned char most = 0xBF;
    if (lead == 0xE0) least = 0xA0;
    if (lead == 0xED) most = 0x9F;
    if (lead == 0xF0) least = 0x90;
    if (lead == 0xF4) most = 0x8F;
    std::size_t needed = 2;
    if (lead >= 0xE0) needed = 3;
    if (lead >= 0xF0) needed = 4;
    for (std::size_t i = 1; i < needed; ++i) {
        if (i == bytes.size() || byte(i) < least || byte(i) > most) return {.length = i};
        least = 0x80;
        most = 0xBF;
    }
    return {.length = needed, .valid = true};
}

}  // namespace

void append_valid_utf8(std::string& out, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto [length, valid] = sequence_at(bytes);
        out += valid ? bytes.substr(0, length) : k_replacement;
        bytes.remove_prefix(length);
    }
}

std::string_view valid_utf8(std::string_view text, std::string& storage) {
    if (simdjson::validate_utf8(text.data(), text.size())) return text;
    storage.clear();
    append_valid_utf8(storage, text);
    return storage;
}

}  // namespace cloudhijack::text
