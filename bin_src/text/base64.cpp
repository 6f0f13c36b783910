#include "text/base64.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace cloudhijack::text {
namespace {

constexpr std::uint8_t k_no_digit = 0xFF;
constexpr std::string_view k_base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::uint8_t, 256> values_of_digits() {
    std::array<std::uint8_t, 256> values{};
    values.fill(k_no_digit);
    std::uint8_t value = 0;
    for (const char digit : k_base64_digits) values[static_cast<unsigned char>(digit)] = value++;
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

std::string encoded_base64(std::string_view bytes) {
    constexpr std::size_t group = 3;
    std::string text;
    text.reserve((bytes.size() + group - 1) / group * 4);
    for (; !bytes.empty(); bytes.remove_prefix(std::min(group, bytes.size()))) {
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < group; ++i) {
            const char byte = i < bytes.size() ? bytes[i] : '\0';
            bits = bits << 8U | static_cast<unsigned char>(byte);
        }
        for (std::size_t i = 0; i <= group; ++i) {
            const std::uint32_t digit = bits >> (18U - 6U * i) & 0x3FU;
            text += i <= bytes.size() ? k_base64_digits[digit] : '=';
        }
    }
    return text;
}

}  // namespace cloudhijack::text
