#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

// A million output tokens cost 15 USD.
StoryEvent invocation(std::uint32_t output_tokens,
                      std::string model = "anthropic.claude-sonnet-4-v1:0") {
    return {.call = "InvokeModel",
            .address = "",
            .agent = "",
            .key = "",
            .log = "bedrock_invocations",
            .model = std::move(model),
            .output_tokens = output_tokens};
}

// Calls of 1 USD each.
Story dollars(int count, std::int64_t first_second = 0, std::int64_t apart = 60) {
    constexpr std::uint32_t for_a_dollar = 66'667;
    return repeated(invocation(for_a_dollar), first_second, count, apart);
}

// The principal has always used the service, up to this many dollars and many calls in an hour.
Usual spender(std::optional<std::uint64_t> peak_dollars) {
    return with_habits(
        {{.service = "bedrock_invocations", .peak_hour = 1000, .peak_dollars = peak_dollars},
         {.service = "account"}});
}

}  // namespace

TEST_CASE("costly_use: more than an amount in 60 minutes") {
    CHECK(score("costly_use", dollars(49)) == 0);
    CHECK(score("costly_use", dollars(51)) == 25);
    CHECK(score("costly_use", dollars(51, 0, 75)) == 0);
    CHECK(score("costly_use", dollars(151, 0, 20)) == 30);
    CHECK(score("costly_use", dollars(501, 0, 7)) == 35);
    CHECK(score("costly_use", dollars(51), "[evidence:costly_use]\ndollars = 52\n") == 0);
    CHECK(reason("costly_use", dollars(51)) ==
          "An estimated 51.01 USD for AWS Bedrock (invocation log) in 60 min from "
          "2026-03-02T10:00:00Z, more than 50.00 USD; no history (+25)");
}

TEST_CASE("costly_use: with a history, the cost must exceed three times the most expensive hour") {
    const Story before = dollars(20);
    CHECK(score("costly_use", before + dollars(59, hours(13))) == 0);
    CHECK(score("costly_use", before + dollars(61, hours(13), 50)) == 35);
    CHECK(score("costly_use", dollars(59), {}, spender(20)) == 0);
    CHECK(score("costly_use", dollars(61, 0, 50), {}, spender(20)) == 35);
    CHECK(score("costly_use", dollars(151, 0, 20), {}, spender(20)) == 45);
    CHECK(score("costly_use", dollars(501, 0, 7), {}, spender(20)) == 55);
}

TEST_CASE("costly_use: a baseline without the cost is not a history") {
    CHECK(score("costly_use", dollars(51), {}, spender({})) == 25);
    CHECK(reason("costly_use", dollars(51), {}, spender({})).contains("; no history"));
}

TEST_CASE("costly_use: a log that is new to a known account is weaker evidence") {
    CHECK(score("costly_use", dollars(51), {}, with_habits({{.service = "account"}})) == 25);
    // Another principal's invocations are logged already.
    const Usual others = with_habits({{.principal = "arn:aws:iam::111122223333:user/ann",
                                       .service = "bedrock_invocations",
                                       .peak_hour = 5},
                                      {.service = "account"}});
    CHECK(score("costly_use", dollars(51), {}, others) == 35);
}

TEST_CASE("costly_use: tokens from a cache are cheap") {
    StoryEvent call = invocation(0);
    call.input_tokens = 10'000;
    call.cache_read_tokens = 1'000'000;  // 0.30 USD, and 3 cents of fresh input
    CHECK(score("costly_use", repeated(call, 0, 151, 20)) == 0);
    CHECK(score("costly_use", repeated(call, 0, 152, 20)) == 25);
}

TEST_CASE("costly_use: tokens without a price cost nothing") {
    CHECK(score("costly_use", repeated(invocation(1'000'000, "own-model"), 0, 50, 60)) == 0);
    CHECK(score("costly_use", repeated(invocation(1'000'000, "own-model"), 0, 50, 60),
                "[price:own-*]\ninput = 1\noutput = 2\n") == 25);
}

TEST_CASE("costly_use: beyond the number of calls that are kept one by one") {
    CHECK(score("costly_use", repeated(invocation(5'000), 0, 3000)) == 30);  // 225 USD
}

TEST_CASE("rows: tokens and cost are empty if no record states them") {
    const auto findings = hunt(dollars(51));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().spent.output_tokens == 51 * 66'667);
    CHECK(rules::dollars(*findings.front().cost) == "51.0003");
    CHECK_FALSE(findings.front().is_cost_partial);
    const auto without = hunt(repeated(StoryEvent{.call = "InvokeModel"}, 0, 51));
    REQUIRE(without.size() == 1);
    CHECK_FALSE(without.front().cost);
    const auto mixed = hunt(dollars(51) + repeated(invocation(5, "own-model"), 60, 1));
    CHECK(mixed.front().is_cost_partial);
    CHECK(rules::dollars(*mixed.front().cost) == "51.0003");
}

TEST_CASE("a role that one log names without its path is the same principal as CloudTrail's") {
    StoryEvent logged{.call = "ListFoundationModels",
                      .type = "AssumedRole",
                      .arn = "arn:aws:sts::111122223333:assumed-role/app/i-0abc",
                      .issuer = "arn:aws:iam::111122223333:role/team/app"};
    Story story = repeated(logged, 0, 3);
    Story invoked = dollars(51);
    for (StoryEvent& call : invoked) {
        call.type = "AssumedRole";
        call.arn = logged.arn;
        call.issuer = "arn:aws:iam::111122223333:role/app";
    }
    const auto findings = hunt(story + invoked);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().principal.name == "arn:aws:iam::111122223333:role/team/app");
    CHECK(findings.front().services ==
          std::vector<std::string>{"AWS Bedrock", "AWS Bedrock (invocation log)"});
    CHECK(findings.front().spent.output_tokens == 51 * 66'667);
    CHECK(hunt(invoked).front().principal.name == "arn:aws:iam::111122223333:role/app");
}
