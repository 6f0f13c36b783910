#include "config/price_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "config/catalogue_reader.hpp"
#include "config/setup_for_tests.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;

namespace {

std::vector<std::string> price_mistakes(const std::string& conf) {
    std::vector<std::string> texts;
    for (const rules::Mistake& mistake : setup_with(conf).mistakes) texts.push_back(mistake.text);
    return texts;
}

constexpr std::uint64_t k_a_million = 1'000'000;

}  // namespace

TEST_CASE("prices: a stanza adds a price or changes a key of a built-in price") {
    const Setup setup = setup_with(
        "[price:own-*]\ninput = 1.5\noutput = 2\n[price:gpt-4o]\noutput = 11\n"
        "[price:gpt-5]\ndisabled = true\n");
    CHECK(setup.mistakes.empty());
    const rules::Prices& prices = *setup.prices;
    CHECK(prices.find("own-model")->input == 1'500'000);
    CHECK(prices.find("gpt-4o-2024-08-06")->input == 2'500'000);
    CHECK(prices.find("gpt-4o-2024-08-06")->output == 11 * k_a_million);
    CHECK(prices.find("gpt-4o")->cache_in_input);
    CHECK(prices.find("gpt-5") == nullptr);
}

TEST_CASE("prices: the built-in prices") {
    const Setup setup = setup_with("");
    const rules::Prices& prices = *setup.prices;
    const auto* sonnet = prices.find("us.anthropic.claude-sonnet-4-5-20250929-v1:0");
    REQUIRE(sonnet != nullptr);
    CHECK(sonnet->input == 3 * k_a_million);
    CHECK(sonnet->cache_read == 300'000);
    CHECK(sonnet->cache_write == 3'750'000);
    CHECK_FALSE(sonnet->cache_in_input);
    CHECK(prices.find("gpt-4.1-nano")->output == 400'000);
    CHECK(prices.find("amazon.nova-micro-v1:0")->input == 35'000);
    CHECK(prices.find("claude-2") == nullptr);
}

TEST_CASE("prices: their number is limited, as each model is compared with each") {
    std::string conf;
    for (int i = 0; i < 1'100; ++i) {
        conf += "[price:m" + std::to_string(i) + "]\ninput = 1\noutput = 2\n";
    }
    const Setup setup = setup_with(conf + "[price:gpt-4o]\noutput = 11\n");
    REQUIRE(setup.mistakes.size() >= 2 * 100);
    CHECK(setup.mistakes.front().text == "too many prices; there are at most 1000");
    CHECK(setup.mistakes.back().place.stanza == "price:m1099");
    CHECK(setup.prices->find("m900") != nullptr);
    CHECK(setup.prices->find("m1099") == nullptr);
    CHECK(setup.prices->find("gpt-4o")->output == 11 * k_a_million);
}

TEST_CASE("prices: mistakes") {
    using Texts = std::vector<std::string>;
    CHECK(price_mistakes("[price:x]\ninput = 1\n") ==
          Texts{"the stanza has no key output; a price needs input and output"});
    CHECK(price_mistakes("[price:x]\noutput = 1\ncache_in_input = true\n") ==
          Texts{"the stanza has no key input; a price needs input and output"});
    CHECK(price_mistakes("[price:x]\ninput = cheap\noutput = 1\n") ==
          Texts{"invalid value \"cheap\"; it accepts US dollars per million tokens, such as 0.25"});
    CHECK(price_mistakes("[price:x]\ninput = 1\noutput = 1\ncache_in_input = maybe\n") ==
          Texts{"invalid value \"maybe\"; it accepts true or false"});
    CHECK(price_mistakes("[price:]\ninput = 1\n") ==
          Texts{"the stanza names no model; write [price:<model>]"});
    CHECK(price_mistakes("[price:GPT-5]\ninput = 1\n") ==
          Texts{"no model matches the stanza; write [price:gpt-5]"});
    CHECK(price_mistakes("[price:x]\nprice = 1\ninput = 1\noutput = 1\n")
              .front()
              .starts_with("unknown key; a price has the keys input, output, "));
}
