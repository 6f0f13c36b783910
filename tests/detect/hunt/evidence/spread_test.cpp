#include <doctest/doctest.h>

#include <array>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::rules;

namespace {

constexpr std::array<const char*, 6> k_regions = {"us-east-1", "us-west-2",      "eu-west-1",
                                                  "sa-east-1", "ap-southeast-1", "ca-central-1"};

// One call in each of this many regions, this many seconds apart.
Story in_regions(const std::string& call, int regions, std::int64_t apart,
                 const std::string& key = "ASIA1") {
    Story story;
    for (int i = 0; i < regions; ++i) {
        story.push_back({.time = clock(i * apart),
                         .call = call,
                         .region = k_regions.at(static_cast<std::size_t>(i)),
                         .key = key});
    }
    return story;
}

StoryEvent recon(const std::string& call, std::int64_t second) {
    return {.time = clock(second), .call = call};
}

}  // namespace

TEST_CASE("region_spread: use or enable calls in three regions within an hour") {
    CHECK(score("region_spread", in_regions("InvokeModel", 3, 1800)) == 20);
    CHECK(score("region_spread", in_regions("InvokeModel", 3, 1801)) == 0);
    CHECK(score("region_spread", in_regions("InvokeModel", 2, 1)) == 0);
    CHECK(score("region_spread", in_regions("CreateEmailIdentity", 3, 1)) == 20);
    CHECK(score("region_spread", in_regions("GetSendQuota", 6, 1)) == 0);
    Story unknown = in_regions("InvokeModel", 3, 1);
    unknown[0].region = "";
    CHECK(score("region_spread", unknown) == 0);
    unknown[0].region = "unknown";
    CHECK(score("region_spread", unknown) == 0);
    Story mixed = in_regions("InvokeModel", 3, 1);
    mixed[1].call = "VerifyDomainDkim";
    mixed[2].error = "AccessDenied";
    CHECK(score("region_spread", mixed) == 20);
}

TEST_CASE("region_spread: not if the service was used before") {
    Story story = in_regions("InvokeModel", 3, 1);
    for (StoryEvent& event : story) event.time = clock(14 * 3600);
    CHECK(score("region_spread", story) == 20);
    CHECK(score("region_spread", Story{recon("InvokeModel", 0)} + story) == 0);
    CHECK(score("region_spread", Story{recon("SendEmail", 0)} + story) == 20);
    CHECK(score("region_spread", Story{recon("InvokeModel", 2 * 3600)} + story) == 20);
}

TEST_CASE("region_spread: account forms in three regions within ten seconds") {
    CHECK(score("region_spread", in_regions("PutAccountDetails", 3, 5)) == 40);
    CHECK(score("region_spread", in_regions("PutAccountDetails", 3, 6)) == 20);
    Story both = in_regions("PutAccountDetails", 3, 5);
    both[1].call = "PutUseCaseForModelAccess";
    CHECK(score("region_spread", both) == 40);
    CHECK(reason("region_spread", both) ==
          "PutAccountDetails, PutUseCaseForModelAccess called in 3 regions within 10 s from "
          "2026-03-02T10:00:00Z: eu-west-1, us-east-1, us-west-2 (+40)");
}

TEST_CASE("recon_spread: one recon call in four regions within ten minutes") {
    CHECK(score("recon_spread", in_regions("GetSendQuota", 4, 200)) == 10);
    CHECK(score("recon_spread", in_regions("GetSendQuota", 4, 201)) == 0);
    CHECK(score("recon_spread", in_regions("GetSendQuota", 3, 1)) == 0);
    CHECK(score("recon_spread", in_regions("GetSendQuota", 4, 1, "AKIA1")) == 35);
    CHECK(score("recon_spread", in_regions("SendEmail", 6, 1)) == 0);
    Story mixed = in_regions("GetSendQuota", 4, 1);
    mixed[0].call = "GetAccount";
    CHECK(score("recon_spread", mixed) == 0);
    CHECK(reason("recon_spread", in_regions("GetSendQuota", 4, 1)) ==
          "GetSendQuota called in 4 regions within 3 s from 2026-03-02T10:00:00Z: eu-west-1, "
          "sa-east-1, us-east-1, us-west-2 (+10)");
}

TEST_CASE("service_sweep: recon or use of three services within an hour") {
    const Story sweep = {recon("ListFoundationModels", 0), recon("GetSendQuota", 1800),
                         recon("Publish", 3600)};
    CHECK(score("service_sweep", sweep) == 10);
    CHECK(score("service_sweep", {sweep[0], sweep[1], recon("Publish", 3601)}) == 0);
    CHECK(score("service_sweep", {sweep[0], sweep[1], recon("CreateUser", 10)}) == 0);
    CHECK(score("service_sweep", {sweep[0], sweep[1], recon("SetSMSAttributes", 10)}) == 0);
    CHECK(score("service_sweep", {sweep[0], sweep[1], recon("SendTextMessage", 10)}) == 10);
}

TEST_CASE("spread: not for a principal that represents a whole account") {
    for (const char* id : {"region_spread", "recon_spread", "service_sweep"}) {
        Story story = in_regions("GetSendQuota", 4, 1) + in_regions("InvokeModel", 4, 1) +
                      Story{recon("Publish", 1)};
        CHECK(score(id, story) > 0);
        for (StoryEvent& event : story) event.arn = event.key = "";
        CHECK(score(id, story) == 0);
    }
}

TEST_CASE("region_spread: the score of forms depends on who fills them in") {
    const auto forms = [](int regions, std::int64_t apart, const char* type = "AssumedRole") {
        Story story = in_regions("PutAccountDetails", regions, apart);
        for (StoryEvent& event : story) {
            event.type = type;
            event.issuer = std::string(type) == "AssumedRole" ? "arn:aws:iam::1:role/setup" : "";
            event.address = "203.0.113.1";
            event.agent = "colleague";
        }
        return story;
    };
    CHECK(score("region_spread", forms(3, 5)) == 40);  // without a baseline
    CHECK(score("region_spread", forms(3, 5), {}, with_habits({})) == 20);
    CHECK(score("region_spread", forms(3, 5, "IAMUser"), {}, with_habits({})) == 40);
    Story from_stranger = forms(3, 5);
    for (StoryEvent& event : from_stranger) event.address = "198.51.100.1";
    CHECK(score("region_spread", from_stranger, {}, with_habits({})) == 40);
    const Habit setup{.principal = "arn:aws:iam::1:role/setup",
                      .service = "ses",
                      .peak_hour = 1,
                      .phases = {"enable"}};
    CHECK(score("region_spread", forms(3, 5), {}, with_habits({setup})) == 10);
}

TEST_CASE(
    "region_spread: forms in eight regions within a day, by a key or from a stranger's network") {
    const auto slow = [](int regions, std::int64_t apart) {
        Story story;
        for (int i = 0; i < regions; ++i) {
            StoryEvent event = recon("PutAccountDetails", i * apart);
            event.region = "region-" + std::to_string(i);
            story.push_back(event);
        }
        return story;
    };
    constexpr std::int64_t day = 86'400;
    CHECK(score("region_spread", slow(8, day / 7 - 1)) == 30);
    CHECK(score("region_spread", slow(7, 3601)) == 0);
    Story late = slow(8, 3601);
    late.back().time = clock(day);
    CHECK(score("region_spread", late) == 30);
    late.back().time = clock(day + 1);
    CHECK(score("region_spread", late) == 0);
    Story by_role = slow(8, 3601);
    for (StoryEvent& event : by_role) {
        event.type = "AssumedRole";
        event.issuer = "arn:aws:iam::111122223333:role/setup";
    }
    CHECK(score("region_spread", by_role) == 0);
    CHECK(score("region_spread", by_role, {}, with_habits({})) == 30);  // a stranger's network
}

TEST_CASE("recon_spread: recon calls that the principal makes regularly are routine") {
    const Story asked = in_regions("GetSendQuota", 4, 1);
    CHECK(score("recon_spread", asked) == 10);
    CHECK(score("recon_spread", asked, {},
                with_habits({{.service = "ses", .phases = {"recon"}}})) == 5);
    CHECK(score("recon_spread", asked, {},
                with_habits({{.service = "sns", .phases = {"recon"}}})) == 10);
}
