#include "rules/prices.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace cloudhijack;
using namespace cloudhijack::rules;

namespace {

constexpr std::uint64_t k_million = 1'000'000;

Price price(std::uint64_t input, std::uint64_t output) {
    return {.input = input * k_million, .output = output * k_million};
}

SpendSum tokens(std::uint64_t input, std::uint64_t output, std::uint64_t cache_read = 0,
                std::uint64_t cache_write = 0) {
    return {.input_tokens = input,
            .output_tokens = output,
            .cache_read_tokens = cache_read,
            .cache_write_tokens = cache_write};
}

}  // namespace

TEST_CASE("name_for_price: removes ARN, region, vendor, version and date") {
    CHECK(name_for_price("us.anthropic.claude-sonnet-4-20250514-v1:0") == "claude-sonnet-4");
    CHECK(name_for_price("arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
                         "global.anthropic.claude-opus-4-5-20251101-v1:0") == "claude-opus-4-5");
    CHECK(name_for_price("anthropic.claude-3-haiku-20240307-v1:0:48k") == "claude-3-haiku");
    CHECK(name_for_price("apac.amazon.nova-micro-v1:0") == "nova-micro");
    CHECK(name_for_price("amazon.nova-pro-v1") == "nova-pro");
    CHECK(name_for_price("claude-3-opus@20240229") == "claude-3-opus");
    CHECK(name_for_price("GPT-4o-2024-08-06") == "gpt-4o");
    CHECK(name_for_price("gpt-4.1-mini") == "gpt-4.1-mini");
    CHECK(name_for_price("gpt-4.1") == "gpt-4.1");
    CHECK(name_for_price("us.deepseek.r1-v1:0") == "r1");
    CHECK(name_for_price("imported-model/abc") == "abc");
    CHECK(name_for_price("us.shop-assistant") == "shop-assistant");
    CHECK(name_for_price("-v1") == "");
    CHECK(name_for_price("") == "");
}

TEST_CASE("Prices: the longest pattern decides") {
    Prices prices;
    prices.set("claude*", price(1, 1));
    prices.set("claude-sonnet-4*", price(3, 15));
    prices.set("claude-sonnet-4-5", price(4, 20));
    const auto input_of = [&prices](std::string_view model) -> std::uint64_t {
        const Price* found = prices.find(model);
        return found == nullptr ? 0 : *found->input / k_million;
    };
    CHECK(input_of("us.anthropic.claude-sonnet-4-20250514-v1:0") == 3);
    CHECK(input_of("anthropic.claude-sonnet-4-5-20250929-v1:0") == 4);
    CHECK(input_of("claude-2") == 1);
    CHECK(input_of("nova-pro") == 0);
    CHECK_FALSE(prices.cost_of("nova-pro", tokens(1, 0)));
    CHECK(prices.cost_of("claude-2", tokens(1, 0)) == k_million);
}

TEST_CASE("Price: every kind of token has its price") {
    Price claude = price(3, 15);
    claude.cache_read = 300'000;
    claude.cache_write = 3'750'000;
    CHECK(claude.of(tokens(k_million, 0)) == 3 * k_dollar);
    CHECK(claude.of(tokens(0, k_million)) == 15 * k_dollar);
    CHECK(claude.of(tokens(0, 0, k_million)) == k_dollar / 10 * 3);
    CHECK(claude.of(tokens(0, 0, 0, k_million)) == k_dollar / 100 * 375);
    CHECK(claude.of(tokens(1000, 10, 9000, 0)) == 3'000'000'000 + 150'000'000 + 2'700'000'000);
    CHECK(price(3, 15).of(tokens(0, 0, k_million, k_million)) == 6 * k_dollar);
}

TEST_CASE("Price: OpenAI's input includes the cached tokens, and is never below their number") {
    Price gpt = price(2, 8);
    gpt.cache_read = 200'000;
    gpt.cache_in_input = true;
    CHECK(gpt.of(tokens(1000, 0, 900)) == 100 * 2 * k_million + 900 * 200'000);
    CHECK(gpt.of(tokens(900, 0, 1000)) == 1000 * 200'000);
}

TEST_CASE("Prices: the cost that the provider states needs no price") {
    const Prices none;
    CHECK(none.cost_of("", SpendSum{.cost = 7'500}) == k_dollar / 1000 * 7 + k_dollar / 10'000 * 5);
    CHECK(none.cost_of("", SpendSum{}) == 0);
}

TEST_CASE("SpendSum: sums and costs saturate at the largest number") {
    SpendSum sum;
    log::Spend spend{.input_tokens = log::Spend::k_most_tokens, .cost = 3};
    sum.add(spend, UINT64_MAX);
    CHECK(sum.input_tokens == UINT64_MAX);
    CHECK(sum.cost == UINT64_MAX);
    sum.add(spend);
    CHECK(sum.input_tokens == UINT64_MAX);
    CHECK(price(3, 15).of(sum) == k_largest_cost);
    CHECK(cost_sum(k_largest_cost, 1) == k_largest_cost);
}

TEST_CASE("dollars: rounding in rows and in sentences") {
    CHECK(dollars(0) == "0.0000");
    CHECK(dollars(k_dollar * 412 + k_dollar / 1000 * 371) == "412.3710");
    CHECK(dollars(k_dollar / 20'000) == "0.0001");
    CHECK(dollars(k_dollar / 20'000 - 1) == "0.0000");
    CHECK(dollars(k_largest_cost) == "18446744.0737");
    CHECK(dollars_in_words(k_dollar * 50) == "50.00 USD");
    CHECK(dollars_in_words(k_dollar / 1000 * 999) == "1.00 USD");
    CHECK(dollars_in_words(k_dollar * 50 + 1) == "50.01 USD");
    CHECK(shown_model("us.anthropic.claude-2") == "claude-2");
    CHECK(shown_model("") == "unknown");
}
