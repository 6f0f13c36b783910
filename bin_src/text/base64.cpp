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
    values['-'] = values['+'];  // the alphabet for addresses of web pages
    values['_'] = values['/'];
    return values;
}

}  // namespace

std::optional<std::string> decoded_base64(std::string_view text) {
    static constexpr auto values = values_of_digits();
    constexpr unsigned bits_a_digit = 6;
    constexpr unsigned bits_a_byte = 8;
    constexpr std::size_t digits_a_group = 4;
    text = text.substr(0, text.find_last_not_of('=') + 1);
    if (text.size() % digits_a_group == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * bits_a_digit / bits_a_byte);
    std::uint32_t held = 0;
    unsigned bits = 0;
    for (const char digit : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(digit)];
        if (value == k_no_digit) return std::nullopt;
        held = held << bits_a_digit | value;
        bits += bits_a_digit;
        if (bits < bits_a_byte) continue;
        bits -= bits_a_byte;
        bytes += static_cast<char>(held >> bits);
    }
    return bytes;
}

}  // namespace cloudhijack::text
