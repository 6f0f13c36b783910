#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "log/call.hpp"

namespace cloudhijack::rules {

/// The usage of several calls together. A sum that is too large stays at the largest number.
struct SpendSum {
    std::uint64_t input_tokens = 0;
    std::uint64_t output_tokens = 0;
    std::uint64_t cache_read_tokens = 0;
    std::uint64_t cache_write_tokens = 0;
    std::uint64_t cost = 0;  ///< charged by the provider itself, in millionths of a US dollar

    /// Adds `times` equal calls.
    void add(const log::Spend& spend, std::uint64_t times = 1);
    void add(const SpendSum& other);

    [[nodiscard]] bool has_tokens() const {
        return (input_tokens | output_tokens | cache_read_tokens | cache_write_tokens) != 0;
    }
    bool operator==(const SpendSum&) const = default;
};

/// An amount of money, in trillionths (10^-12) of a US dollar: the price of one token if a million
/// tokens cost a millionth of a dollar. Amounts above 18 million dollars saturate at that limit.
using Cost = std::uint64_t;

inline constexpr Cost k_dollar = 1'000'000'000'000;
inline constexpr std::size_t k_dollar_places = 12;
inline constexpr Cost k_largest_cost = std::numeric_limits<Cost>::max();

/// The sum of two amounts.
Cost cost_sum(Cost a, Cost b);

/// Dollars with four decimals, for rows: `12.0350`.
std::string dollars(Cost cost);

/// Dollars for sentences, with fractions of a cent rounded up: `412.37 USD`.
std::string dollars_in_words(Cost cost);

/// The list price of a model's tokens: millionths of a US dollar for a million tokens.
struct Price {
    static constexpr std::uint64_t k_most = 1'000'000'000'000;  ///< a million dollars

    std::optional<std::uint64_t> input = {};  ///< input and output are both set in any price in use
    std::optional<std::uint64_t> output = {};
    std::optional<std::uint64_t> cache_read = {};   ///< if not set: as input
    std::optional<std::uint64_t> cache_write = {};  ///< if not set: as input
    /// Whether the count of input tokens includes those read from the cache.
    bool cache_in_input = false;

    [[nodiscard]] Cost of(const SpendSum& sum) const;
};

/// The name of a model as price stanzas write it: in lower case, without the head of an ARN and
/// without the prefix of a region, the vendor, the version and the date. For example,
/// `claude-sonnet-4` for `us.anthropic.claude-sonnet-4-20250514-v1:0`.
std::string name_for_price(std::string_view model);

/// The same for messages; `unknown` for a model without a name.
std::string shown_model(std::string_view model);

/// The prices of models.
class Prices {
  public:
    /// Sets the price for a model name, in which `*` stands for any text. Replaces the price of an
    /// equal pattern.
    void set(std::string pattern, const Price& price) {
        prices_.insert_or_assign(std::move(pattern), price);
    }

    /// The price with the longest pattern that matches the model's name, as name_for_price() gives
    /// it; of equally long patterns, the first in byte order. Null if no pattern matches.
    [[nodiscard]] const Price* find(std::string_view model) const;

    /// The cost of a model's calls together; nullopt if they used tokens that have no price.
    [[nodiscard]] std::optional<Cost> cost_of(std::string_view model, const SpendSum& sum) const;

  private:
    std::map<std::string, Price, std::less<>> prices_;
};

}  // namespace cloudhijack::rules
