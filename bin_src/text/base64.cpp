#include "text/base64.hpp"

#include <array>
#include <cstdint>

namespace cloudhijack::text {
namespace {

constexpr std::uint8_t k_no_digit = 0xFF;

constexpr std::array<std::uint8_t, 256> values_of_digits() {
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::array<std::uint8_t, 256> values{};
    values.fill(k_no_digit);
    std::uint8_t value = 0;
    for (const char digit : digits) values[static_cast<unsigned char>(digit)] = value++;
    values['-'] = values['+'];  // the URL-safe alphabet
    values['_'] = values['/'];
    return values;
}

}  // namespace

std::optional<std::string> decoded_base64(std::string_view text) {
    static constexpr auto values = values_of_digits();
    constexpr unsigned bits_per_digit = 6;
    constexpr unsigned bits_per_byte = 8;
    constexpr std::size_t digits_per_group = 4;
    text = text.substr(0, text.find_last_not_of('=') + 1);
    if (text.size() % digits_per_group == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * bits_per_digit / bits_per_byte);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (const char digit : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(digit)];
        if (value == k_no_digit) return std::nullopt;
        pending = pending << bits_per_digit | value;
        bits += bits_per_digit;
        if (bits < bits_per_byte) continue;
        bits -= bits_per_byte;
        bytes += static_cast<char>(pending >> bits);
    }
    return bytes;
}

}  // namespace cloudhijack::text
