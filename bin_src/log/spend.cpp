// Reads the usage of a call from the texts of its record.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"
#include "text/characters.hpp"
#include "text/decimal.hpp"
#include "text/lower_case.hpp"

namespace cloudhijack::log {
namespace {

// The sum of the whole numbers in a text: a single one, or those in a JSON array. A text that
// contains anything else gives 0: in `1.5` neither part counts as a number.
std::uint32_t sum_of(std::string_view numbers) {
    constexpr std::uint64_t most = Spend::k_most_tokens;
    std::uint64_t sum = 0;
    std::uint64_t number = 0;
    for (const char c : numbers) {
        if (text::is_digit(c)) {
            number = std::min(most, number * 10 + static_cast<std::uint64_t>(c - '0'));
        } else if (std::string_view("[], \t\r\n").contains(c)) {
            sum += number;
            number = 0;
        } else {
            return 0;
        }
    }
    return static_cast<std::uint32_t>(std::min(most, sum + number));
}

// A decimal number, with or without a minus sign, in millionths; the sign is ignored.
std::uint32_t millionths_of(std::string_view price) {
    constexpr std::size_t places = 6;
    if (price.starts_with('-')) price.remove_prefix(1);
    return static_cast<std::uint32_t>(
        text::decimal_units(price, places, Spend::k_most_cost).value_or(0));
}

}  // namespace

Spend spend_of(const Event& event) {
    const bool is_in_dollars = text::same_in_any_case(event.currency, "usd");
    return {.input_tokens = sum_of(event.input_tokens),
            .output_tokens = sum_of(event.output_tokens),
            .cache_read_tokens = sum_of(event.cache_read_tokens),
            .cache_write_tokens = sum_of(event.cache_write_tokens),
            .cost = is_in_dollars ? millionths_of(event.price) : 0};
}

}  // namespace cloudhijack::log
