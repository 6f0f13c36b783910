#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const StoryEvent k_enable{.time = "10:00:00",
                          .call = "CreateFoundationModelAgreement",
                          .parameters = R"({"modelId":"anthropic.claude-3"})"};

StoryEvent use_at(std::int64_t second, std::string error = {}) {
    return {.time = clock(second), .call = "InvokeModel", .error = std::move(error)};
}

StoryEvent recon_at(std::int64_t second, std::string call, std::string key = "ASIA1") {
    return {.time = clock(second), .call = std::move(call), .key = std::move(key)};
}

}  // namespace

TEST_CASE("enable_then_use: use within 6 h, fast within 2 min, the same second counts") {
    CHECK(score("enable_then_use", {k_enable, use_at(0)}) == 45);
    CHECK(score("enable_then_use", {k_enable, use_at(120)}) == 45);
    CHECK(score("enable_then_use", {k_enable, use_at(121)}) == 35);
    CHECK(score("enable_then_use", {k_enable, use_at(6 * 3600)}) == 35);
    CHECK(score("enable_then_use", {k_enable, use_at(6 * 3600 + 1)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(-1)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(600), use_at(5000)}) == 35);
}

TEST_CASE(
    "enable_then_use: the enable call succeeded, the use was attempted, both of one service") {
    StoryEvent failed = k_enable;
    failed.error = "AccessDenied";
    CHECK(score("enable_then_use", {failed, use_at(10)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(10, "AccessDenied")}) == 45);
    CHECK(score("enable_then_use", {k_enable, {.time = "10:01:00", .call = "SendEmail"}}) == 0);
    StoryEvent other = use_at(10);
    other.arn = "arn:aws:iam::111122223333:user/other";
    CHECK(score("enable_then_use", {k_enable, other}) == 0);
}

TEST_CASE(
    "enable_then_use: the reason names the enabled subject, the calls and the time between them") {
    CHECK(reason("enable_then_use", {k_enable, use_at(92)}) ==
          "Enabled anthropic.claude-3 of AWS Bedrock at 2026-03-02T10:00:00Z with "
          "CreateFoundationModelAgreement and used it 92 s later with InvokeModel (us-east-1) "
          "(+45)");
    CHECK(reason("enable_then_use", {k_enable, use_at(840, "AccessDenied")})
              .contains(
                  "tried to use it and was denied 14 min later with InvokeModel (us-east-1); no "
                  "later use succeeded"));
    CHECK(reason("enable_then_use", {k_enable, use_at(840, "ThrottlingException")})
              .contains("tried to use it and was throttled 14 min later"));
    CHECK(reason("enable_then_use", {k_enable, use_at(840, "ServiceUnavailable")})
              .contains("tried to use it and failed 14 min later"));
    CHECK(reason("enable_then_use", {k_enable, use_at(60, "AccessDenied"), use_at(300)})
              .contains("60 s later with InvokeModel (us-east-1); a use succeeded 5 min after"));
}

TEST_CASE("enable_then_use: its windows and scores can be changed") {
    const std::string conf =
        "[evidence:enable_then_use]\nwithin = 1h\nfast_within = 10s\nfast_score = 7\nscore = 3\n";
    CHECK(score("enable_then_use", {k_enable, use_at(10)}, conf) == 7);
    CHECK(score("enable_then_use", {k_enable, use_at(11)}, conf) == 3);
    CHECK(score("enable_then_use", {k_enable, use_at(3601)}, conf) == 0);
}

TEST_CASE("recon_then_use: two different calls in the 15 min before the first use") {
    const StoryEvent list = recon_at(0, "ListFoundationModels");
    const StoryEvent quota = recon_at(0, "GetSendQuota");
    CHECK(score("recon_then_use", {list, quota, use_at(0)}) == 20);
    CHECK(score("recon_then_use", {list, quota, use_at(900)}) == 20);
    CHECK(score("recon_then_use", {list, quota, use_at(901)}) == 0);
    CHECK(score("recon_then_use", {list, quota, use_at(-1), use_at(10)}) ==
          0);  // not the first use
    CHECK(score("recon_then_use", {list, recon_at(1, "ListFoundationModels"), use_at(9)}) == 0);
    CHECK(score("recon_then_use", {quota, recon_at(1, "GetSendQuota"), use_at(9)}) == 0);
    CHECK(score("recon_then_use", {list, quota}) == 0);
}

TEST_CASE("recon_then_use: calls that every client makes are not enough") {
    const Story ordinary = {recon_at(0, "ListFoundationModels"),
                            recon_at(1, "ListInferenceProfiles")};
    CHECK(score("recon_then_use", ordinary + Story{use_at(9)}) == 0);
    CHECK(score("recon_then_use", ordinary + Story{recon_at(2, "ListGuardrails"), use_at(9)}) ==
          20);
}

TEST_CASE("recon_then_use: with a long-term key it scores more, and it needs a single actor") {
    const Story story = {recon_at(0, "GetAccount", "AKIA1"), recon_at(1, "GetSendQuota"),
                         use_at(9)};
    CHECK(score("recon_then_use", story) == 30);
    Story nobody = story;
    for (StoryEvent& event : nobody) event.arn = event.key = "";
    CHECK(score("recon_then_use", nobody) == 0);
    CHECK(reason("recon_then_use", story) ==
          "2 different recon calls in the 15 min before the first use of AWS Bedrock at "
          "2026-03-02T10:00:09Z: GetAccount, GetSendQuota (+30)");
}

namespace {}  // namespace

TEST_CASE("first_recon: two different recon calls to a service that is new for the principal") {
    const Story asked = {recon_at(0, "GetSendQuota"), recon_at(900, "ListIdentities")};
    CHECK(score("first_recon", asked) == 0);  // without a baseline nothing is new
    const Usual usual = with_habits({});
    CHECK(score("first_recon", asked, {}, usual) == 15);
    CHECK(score("first_recon", {recon_at(0, "GetSendQuota"), recon_at(901, "ListIdentities")}, {},
                usual) == 0);
    CHECK(score("first_recon", {recon_at(0, "GetSendQuota"), recon_at(1, "GetSendQuota")}, {},
                usual) == 0);
    // Each service counts by itself.
    CHECK(score("first_recon", {recon_at(0, "GetSendQuota"), recon_at(1, "GetSMSAttributes")}, {},
                usual) == 0);
    CHECK(score("first_recon", {recon_at(0, "ListFoundationModels"), recon_at(1, "ListGuardrails")},
                {}, usual) == 0);
    CHECK(score("first_recon", asked, {}, with_habits({{.service = "ses"}})) == 0);
    CHECK(score("first_recon", asked, {}, with_habits({{.service = "sns"}})) == 15);
    CHECK(reason("first_recon", asked, {}, usual) ==
          "First look at AWS SES from 2026-03-02T10:00:00Z: 2 different calls, GetSendQuota, "
          "ListIdentities (+15)");
}

TEST_CASE("enable_then_use: up to three days later, if a stranger enabled it") {
    constexpr std::int64_t hour = 3600;
    const auto bought = [](std::int64_t used_after) {
        return Story{call("CreateProvisionedModelThroughput"),
                     call("InvokeModel", "{}", used_after)};
    };
    const Usual usual = with_habits({});
    CHECK(score("enable_then_use", bought(72 * hour)) == 0);
    CHECK(score("enable_then_use", bought(6 * hour + 1), {}, usual) == 20);
    CHECK(score("enable_then_use", bought(72 * hour), {}, usual) == 20);
    CHECK(score("enable_then_use", bought(72 * hour + 1), {}, usual) == 0);
    CHECK(score("enable_then_use", bought(6 * hour), {}, usual) == 35);
    const Usual at_home = with_habits({{.networks = {"198.51.0.0/16"}}});
    CHECK(score("enable_then_use", bought(72 * hour), {}, at_home) == 0);
    // The pair with the better score counts, regardless of the order.
    CHECK(score("enable_then_use", bought(72 * hour) + bought(60), {}, usual) == 45);
}

TEST_CASE("onboarding: activity that the principal performs regularly is routine") {
    const Story enabled = {call("CreateEmailIdentity", R"({"emailIdentity":"x.example"})"),
                           call("SendEmail", "{}", 60)};
    CHECK(score("enable_then_use", enabled, {},
                with_habits({{.service = "ses", .phases = {"enable", "use"}}})) == 10);
    CHECK(score("enable_then_use", enabled, {},
                with_habits({{.service = "ses", .phases = {"use"}}})) == 45);
    CHECK(score("enable_then_use", enabled, {},
                with_habits({{.service = "ses", .phases = {"enable", "use"}, .days = 7}})) == 45);
    const Story asked = {recon_at(0, "GetSendQuota"), recon_at(1, "ListIdentities"),
                         call("SendEmail", "{}", 60)};
    CHECK(score("recon_then_use", asked, {},
                with_habits({{.service = "ses", .phases = {"recon", "use"}}})) == 10);
    CHECK(score("recon_then_use", asked, {},
                with_habits({{.service = "ses", .phases = {"recon"}}})) == 20);
}
