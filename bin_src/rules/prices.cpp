#include "rules/prices.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "rules/allowlist.hpp"
#include "text/bounded_text.hpp"
#include "text/characters.hpp"
#include "text/decimal.hpp"
#include "text/lower_case.hpp"
#include "text/path.hpp"

namespace cloudhijack::rules {
namespace {

constexpr std::uint64_t k_largest = k_largest_cost;  // of counts as well

std::uint64_t total(std::uint64_t a, std::uint64_t b) {
    return b < k_largest - a ? a + b : k_largest;
}

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
    return b != 0 && a > k_largest / b ? k_largest : a * b;
}

// Bedrock's inference profiles: https://docs.aws.amazon.com/bedrock/latest/userguide/
constexpr auto k_regions = std::to_array<std::string_view>(
    {"us", "us-gov", "eu", "apac", "global", "au", "jp", "ca", "sa", "in", "uk", "mx", "me", "af"});

constexpr auto k_vendors = std::to_array<std::string_view>(
    {"ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "luma", "meta", "minimax",
     "mistral", "moonshot", "moonshotai", "nvidia", "openai", "qwen", "stability", "twelvelabs",
     "writer", "zai"});

// Removes the text up to the first dot from a name if it is one of the given words.
void take_prefix(std::string_view& name, std::span<const std::string_view> words) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return;
    if (std::ranges::find(words, name.substr(0, dot)) != words.end()) name.remove_prefix(dot + 1);
}

bool are_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, text::is_digit);
}

// Removes `-v1` at the end.
void take_version(std::string_view& name) {
    const auto at = name.rfind("-v");
    if (at != std::string_view::npos && are_digits(name.substr(at + 2))) name = name.substr(0, at);
}

// Removes `-2025-05-14`, `-20250514` or `@20250514` at the end; each `0` of a form stands for a
// digit.
void take_date(std::string_view& name) {
    for (const std::string_view form : {"-0000-00-00", "-00000000", "@00000000"}) {
        if (name.size() <= form.size()) continue;
        const std::string_view end = name.substr(name.size() - form.size());
        const bool is_date = std::ranges::equal(form, end, [](char wanted, char c) {
            return wanted == '0' ? text::is_digit(c) : c == wanted;
        });
        if (!is_date) continue;
        name.remove_suffix(form.size());
        return;
    }
}

}  // namespace

void SpendSum::add(const log::Spend& spend, std::uint64_t times) {
    add(SpendSum{.input_tokens = product(spend.input_tokens, times),
                 .output_tokens = product(spend.output_tokens, times),
                 .cache_read_tokens = product(spend.cache_read_tokens, times),
                 .cache_write_tokens = product(spend.cache_write_tokens, times),
                 .cost = product(spend.cost, times)});
}

void SpendSum::add(const SpendSum& other) {
    input_tokens = total(input_tokens, other.input_tokens);
    output_tokens = total(output_tokens, other.output_tokens);
    cache_read_tokens = total(cache_read_tokens, other.cache_read_tokens);
    cache_write_tokens = total(cache_write_tokens, other.cache_write_tokens);
    cost = total(cost, other.cost);
}

Cost cost_sum(Cost a, Cost b) { return total(a, b); }

std::string dollars(Cost cost) {
    constexpr std::size_t places = 4;
    constexpr Cost unit = k_dollar / 10'000;
    return text::decimal_text(cost / unit + (cost % unit >= unit / 2 ? 1 : 0), places);
}

std::string dollars_in_words(Cost cost) {
    constexpr std::size_t places = 2;
    constexpr Cost unit = k_dollar / 100;
    return text::decimal_text(cost / unit + (cost % unit > 0 ? 1 : 0), places) + " USD";
}

Cost Price::of(const SpendSum& sum) const {
    const std::uint64_t for_input = input.value_or(0);
    std::uint64_t fresh = sum.input_tokens;
    if (cache_in_input) fresh -= std::min(fresh, sum.cache_read_tokens);
    Cost cost = product(sum.cost, k_dollar / 1'000'000);
    cost = total(cost, product(fresh, for_input));
    cost = total(cost, product(sum.output_tokens, output.value_or(0)));
    cost = total(cost, product(sum.cache_read_tokens, cache_read.value_or(for_input)));
    return total(cost, product(sum.cache_write_tokens, cache_write.value_or(for_input)));
}

std::string name_for_price(std::string_view model) {
    const std::string lower = text::in_lower_case(text::last_part(model));
    std::string_view name = lower;
    take_prefix(name, k_regions);
    take_prefix(name, k_vendors);
    name = name.substr(0, name.find(':'));
    take_version(name);
    take_date(name);
    return std::string(name);
}

std::string shown_model(std::string_view model) {
    const std::string name = name_for_price(model);
    return name.empty() ? std::string(text::k_unknown) : name;
}

const Price* Prices::find(std::string_view model) const {
    const std::string name = name_for_price(model);
    const Price* best = nullptr;
    std::size_t longest = 0;
    for (const auto& [pattern, price] : prices_) {
        if (best != nullptr && pattern.size() <= longest) continue;
        if (!matches_wildcards(pattern, name)) continue;
        best = &price;
        longest = pattern.size();
    }
    return best;
}

std::optional<Cost> Prices::cost_of(std::string_view model, const SpendSum& sum) const {
    if (!sum.has_tokens()) return Price{}.of(sum);
    const Price* price = find(model);
    return price == nullptr ? std::nullopt : std::optional(price->of(sum));
}

}  // namespace cloudhijack::rules
