#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Told k_enable{.time = "10:00:00",
                    .call = "CreateFoundationModelAgreement",
                    .parameters = R"({"modelId":"anthropic.claude-3"})"};

Told use_at(std::int64_t second, std::string error = {}) {
    return {.time = clock(second), .call = "InvokeModel", .error = std::move(error)};
}

Told recon_at(std::int64_t second, std::string call, std::string key = "ASIA1") {
    return {.time = clock(second), .call = std::move(call), .key = std::move(key)};
}

}  // namespace

TEST_CASE("enable_then_use: the use comes within 6 h, fast within 2 min, the same second counts") {
    CHECK(score("enable_then_use", {k_enable, use_at(0)}) == 45);
    CHECK(score("enable_then_use", {k_enable, use_at(120)}) == 45);
    CHECK(score("enable_then_use", {k_enable, use_at(121)}) == 35);
    CHECK(score("enable_then_use", {k_enable, use_at(6 * 3600)}) == 35);
    CHECK(score("enable_then_use", {k_enable, use_at(6 * 3600 + 1)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(-1)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(600), use_at(5000)}) == 35);
}

TEST_CASE("enable_then_use: the enable succeeded, the use was tried, both of one service") {
    Told failed = k_enable;
    failed.error = "AccessDenied";
    CHECK(score("enable_then_use", {failed, use_at(10)}) == 0);
    CHECK(score("enable_then_use", {k_enable, use_at(10, "AccessDenied")}) == 45);
    CHECK(score("enable_then_use", {k_enable, {.time = "10:01:00", .call = "SendEmail"}}) == 0);
    Told other = use_at(10);
    other.arn = "arn:aws:iam::111122223333:user/other";
    CHECK(score("enable_then_use", {k_enable, other}) == 0);
}

TEST_CASE("enable_then_use: the reason names what was enabled, the calls and the time between") {
    CHECK(reason("enable_then_use", {k_enable, use_at(92)}) ==
          "Enabled anthropic.claude-3 of AWS Bedrock at 2026-03-02T10:00:00Z with "
          "CreateFoundationModelAgreement and used it 92 s later with InvokeModel (us-east-1) "
          "(+45)");
    CHECK(reason("enable_then_use", {k_enable, use_at(840, "AccessDenied")})
              .contains(
                  "tried to use it and was denied 14 min later with InvokeModel (us-east-1); no "
                  "later use succeeded"));
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
    const Told list = recon_at(0, "ListFoundationModels");
    const Told quota = recon_at(0, "GetSendQuota");
    CHECK(score("recon_then_use", {list, quota, use_at(0)}) == 20);
    CHECK(score("recon_then_use", {list, quota, use_at(900)}) == 20);
    CHECK(score("recon_then_use", {list, quota, use_at(901)}) == 0);
    CHECK(score("recon_then_use", {list, quota, use_at(-1), use_at(10)}) == 0);  // not the first
    CHECK(score("recon_then_use", {list, recon_at(1, "ListFoundationModels"), use_at(9)}) == 0);
    CHECK(score("recon_then_use", {quota, recon_at(1, "GetSendQuota"), use_at(9)}) == 0);
    CHECK(score("recon_then_use", {list, quota}) == 0);
}

TEST_CASE("recon_then_use: what every client calls is not enough") {
    const Story ordinary = {recon_at(0, "ListFoundationModels"),
                            recon_at(1, "ListInferenceProfiles")};
    CHECK(score("recon_then_use", ordinary + Story{use_at(9)}) == 0);
    CHECK(score("recon_then_use", ordinary + Story{recon_at(2, "ListGuardrails"), use_at(9)}) ==
          20);
}

TEST_CASE("recon_then_use: with a long-term key it weighs more, and for no actor nothing") {
    const Story story = {recon_at(0, "GetAccount", "AKIA1"), recon_at(1, "GetSendQuota"),
                         use_at(9)};
    CHECK(score("recon_then_use", story) == 30);
    Story nobody = story;
    for (Told& told : nobody) told.arn = told.key = "";
    CHECK(score("recon_then_use", nobody) == 0);
    CHECK(reason("recon_then_use", story) ==
          "2 different recon calls in the 15 min before the first use of AWS Bedrock at "
          "2026-03-02T10:00:09Z: GetAccount, GetSendQuota (+30)");
}

namespace {

// A baseline in which somebody of the account has used SES, so many days before the stories.
Usual known_since(std::int64_t days, std::string principal = "somebody",
                  std::string service = "ses", std::uint64_t peak = 1) {
    constexpr std::int64_t day = 86'400;
    const std::int64_t seen = 1'772'445'600 - days * day;
    Usual usual;
    usual.baseline.add({.account = "111122223333",
                        .principal = std::move(principal),
                        .service = std::move(service)},
                       {.first_seen = seen, .last_seen = seen, .peak_hour = peak});
    return usual;
}

const std::string k_eve = "arn:aws:iam::111122223333:user/eve";

}  // namespace

TEST_CASE("first_use: a successful use that the baseline does not know") {
    const Story mail = {{.time = clock(60), .call = "SendEmail"}};
    CHECK(score("first_use", mail) == 0);  // without a baseline nothing is new
    CHECK(score("first_use", mail, {}, known_since(14)) == 10);
    CHECK(score("first_use", {use_at(60)}, {}, known_since(14)) == 25);  // nobody has
    CHECK(score("first_use", mail, {}, known_since(14, k_eve)) == 0);
    CHECK(score("first_use", {use_at(60)}, {}, known_since(14, k_eve)) == 25);
    CHECK(score("first_use", {use_at(60, "AccessDenied")}, {}, known_since(14)) == 0);
    CHECK(score("first_use", {recon_at(60, "GetSendQuota")}, {}, known_since(14)) == 0);
    Story elsewhere = mail;
    elsewhere.front().account = "444455556666";
    CHECK(score("first_use", elsewhere, {}, known_since(14)) == 0);  // not known at all
}

TEST_CASE("first_use: an account is learned for two weeks, by the event's time") {
    CHECK(score("first_use", {{.time = clock(-1), .call = "SendEmail"}}, {}, known_since(14)) == 0);
    CHECK(score("first_use", {{.time = clock(0), .call = "SendEmail"}}, {}, known_since(14)) == 10);
    CHECK(score("first_use", {{.time = clock(0), .call = "SendEmail"}}, {}, known_since(13)) == 0);
}

TEST_CASE("first_use: the reason says of whom, and of two services the newer one counts") {
    const Story story = {{.time = clock(60), .call = "SendEmail"}, use_at(120)};
    CHECK(reason("first_use", story, {}, known_since(14)) ==
          "First use of AWS Bedrock at 2026-03-02T10:02:00Z with InvokeModel (us-east-1): the "
          "baseline knows of none in the whole account (+25)");
    CHECK(reason("first_use", {story[0]}, {}, known_since(14)) ==
          "First use of AWS SES at 2026-03-02T10:01:00Z with SendEmail (us-east-1): the baseline "
          "knows of none by this principal (+10)");
    const std::string conf = "[evidence:first_use]\nscore = 3\naccount_score = 4\n";
    CHECK(score("first_use", story, conf, known_since(14)) == 4);
    CHECK(score("first_use", {story[0]}, conf, known_since(14)) == 3);
}

TEST_CASE("burst: what the baseline knows is history") {
    const Story uses = repeated({.call = "InvokeModel"}, 0, 151);
    CHECK(score("burst", uses) == 30);
    CHECK(score("burst", uses, {}, known_since(14)) == 45);  // never used: nothing is usual
    CHECK(score("burst", uses, {}, known_since(13)) == 30);  // still learned
    CHECK(score("burst", uses, {}, known_since(14, k_eve, "bedrock", 50)) == 45);
    CHECK(score("burst", uses, {}, known_since(14, k_eve, "bedrock", 51)) == 0);
    CHECK(score("burst", uses, {}, known_since(13, k_eve, "bedrock", 51)) == 30);
    CHECK(reason("burst", uses, {}, known_since(14))
              .ends_with("; the baseline knows no use of it by this principal (+45)"));
    CHECK(reason("burst", uses, {}, known_since(14, k_eve, "bedrock", 50))
              .ends_with("and than 3 times the busiest hour before, 50 (+45)"));
    // The busier of baseline and range counts.
    const Story before = repeated({.call = "InvokeModel"}, -14 * 3600, 60);
    CHECK(score("burst", before + uses, {}, known_since(20, k_eve, "bedrock", 20)) == 0);
    CHECK(score("burst", before + uses, {}, known_since(20)) == 35);  // `before` itself
}

TEST_CASE("region_spread: a baseline that knows of no use does not make it less of a sign") {
    Story story = repeated({.call = "InvokeModel"}, 0, 3);
    story[1].region = "eu-west-1";
    story[2].region = "sa-east-1";
    CHECK(score("region_spread", story) == 20);
    CHECK(score("region_spread", story, {}, known_since(14)) == 20);
    CHECK(score("region_spread", story, {}, known_since(14, k_eve, "bedrock")) == 0);
}
