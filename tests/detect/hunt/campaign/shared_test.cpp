// Principals that act from one address that nobody else in their accounts uses.

#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

// Both call from 198.51.100.1.
const Caller k_mallory{.name = "user/mallory", .address = k_abroad};
const StoryEvent k_looks = k_eve.calls("GetSendQuota", 0);

constexpr std::int64_t k_until_midnight = 14 * 3600;

const std::string k_other_account = "444455556666";

Habit other_account() {
    return {.principal = "arn:aws:iam::444455556666:role/colleague",
            .networks = {"203.0.0.0/16"},
            .clients = {"colleague"},
            .account = k_other_account};
}

List groups_at(std::int64_t second, const Usual& usual = with_habits({})) {
    return groups({k_looks, k_mallory.calls("SendEmail", second)}, {}, usual);
}

}  // namespace

TEST_CASE("campaign: newcomers at one stranger's address on one day act together") {
    CHECK(groups_at(1) == List{"eve+mallory"});
    CHECK(groups_at(k_until_midnight - 1) == List{"eve+mallory"});
    CHECK(groups_at(k_until_midnight) == List{"eve", "mallory"});
    CHECK(groups_at(-10 * 3600) == List{"eve+mallory"});
    CHECK(groups_at(-10 * 3600 - 1) == List{"eve", "mallory"});
    CHECK(groups_at(1, {}) == List{"eve", "mallory"});  // without a baseline nobody is a stranger
}

TEST_CASE("campaign: a neighbouring address is not the same") {
    CHECK(groups({k_looks, k_mallory.from("198.51.100.2").calls("SendEmail", 1)}, {},
                 with_habits({})) == List{"eve", "mallory"});
    const Caller v6{.name = "user/eve", .address = "2001:db8::1"};
    const Caller also_v6{.name = "user/mallory", .address = "2001:DB8:0::1"};
    CHECK(groups({v6.calls("GetSendQuota", 0), also_v6.calls("SendEmail", 1)}, {},
                 with_habits({})) == List{"eve+mallory"});
}

TEST_CASE("campaign: any number of newcomers share an address, and one address leads to the next") {
    const Caller trudy{.name = "user/trudy", .address = k_abroad};
    const Caller walter{.name = "user/walter", .address = k_afar};
    const Story story = {k_looks, k_mallory.calls("SendEmail", 1), trudy.calls("GetAccount", 2),
                         trudy.from(k_afar).calls("GetAccount", 3), walter.calls("SendEmail", 4)};
    CHECK(groups(story, {}, with_habits({})) == List{"eve+mallory+trudy+walter"});
}

TEST_CASE("campaign: an address is shared across accounts") {
    Caller elsewhere = k_mallory;
    elsewhere.account = k_other_account;
    const Story story = {k_looks, elsewhere.calls("SendEmail", 1)};
    CHECK(groups(story, {}, with_habits({other_account()})) == List{"eve+mallory"});
    CHECK(groups(story, {}, with_habits({})) ==
          List{"eve", "mallory"});  // one account is not known
    // The address must be a stranger's in each account.
    Habit knows = other_account();
    knows.networks = {"198.51.0.0/16"};
    CHECK(groups(story, {}, with_habits({knows})) == List{"eve", "mallory"});
}

TEST_CASE("campaign: a known principal with its usual client is not linked by an address") {
    const auto groups_with = [](std::vector<std::string> networks, std::vector<std::string> clients,
                                std::int32_t days = 60) {
        return groups_at(
            1,
            with_habits(
                {{.networks = std::move(networks), .clients = std::move(clients), .days = days}}));
    };
    CHECK(groups_with({"192.0.0.0/16"}, {"aws-cli"}) == List{"eve", "mallory"});
    CHECK(groups_with({"192.0.0.0/16"}, {"Boto3"}) == List{"eve+mallory"});
    CHECK(groups_with({"192.0.0.0/16"}, {"aws-cli"}, 6) == List{"eve+mallory"});  // too young
    // Lists that are not informative yet.
    CHECK(groups_with({}, {"Boto3"}) == List{"eve", "mallory"});
    CHECK(groups_with({"192.0.0.0/16"}, {}) == List{"eve", "mallory"});
}

TEST_CASE("campaign: a known principal is linked by an address from which it sends a lot") {
    const Usual usual = with_habits({{.networks = {"192.0.0.0/16"}, .clients = {"aws-cli"}}});
    for (const int count : {99, 100}) {
        const Story story = repeated(k_eve.calls("SendEmail", 0), 0, count) +
                            Story{k_mallory.calls("SendEmail", 9)};
        CHECK(groups(story, {}, usual) ==
              (count == 100 ? List{"eve+mallory"} : List{"eve", "mallory"}));
    }
}

TEST_CASE("campaign: two known principals are linked by an address that is strange for both") {
    const Habit eve{.networks = {"192.0.0.0/16"}, .clients = {"Boto3"}};
    Habit mallory = eve;
    mallory.principal = k_mallory.arn();
    CHECK(groups_at(1, with_habits({eve, mallory})) == List{"eve+mallory"});
    mallory.clients = {"aws-cli"};
    CHECK(groups_at(1, with_habits({eve, mallory})) == List{"eve", "mallory"});
}

TEST_CASE("campaign: a role without history is linked, whatever its client") {
    Caller role{.name = "role/app", .address = k_abroad};
    CHECK(groups({k_looks, role.calls("SendEmail", 1)}, {}, with_habits({})) == List{"app+eve"});
    role.agent = "colleague";
    CHECK(groups({k_looks, role.calls("SendEmail", 1)}, {}, with_habits({})) == List{"app+eve"});
}

TEST_CASE("campaign: private, listed and usual addresses, and those of services, link nobody") {
    const Usual usual = with_habits({});
    const auto groups_from = [](const std::string& address, const Usual& with) {
        return groups({k_eve.from(address).calls("GetSendQuota", 0),
                       k_mallory.from(address).calls("SendEmail", 1)},
                      {}, with);
    };
    for (const char* address :
         {"10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "AWS Internal", "",
          "cloudformation.amazonaws.com", "appstream.amazonaws.com", "203.0.113.77"}) {
        CAPTURE(address);
        CHECK(groups_from(address, usual) == List{"eve", "mallory"});
    }
    CHECK(groups_from("198.51.100.9", usual) == List{"eve+mallory"});
    Usual listed = with_habits({});
    listed.networks.add(*rules::parse_cidr("198.51.100.0/28"));
    CHECK(groups_from("198.51.100.9", listed) == List{"eve", "mallory"});
    CHECK(groups_from("198.51.100.16", listed) == List{"eve+mallory"});
    // Somebody in the account uses this network.
    CHECK(groups_from("198.51.100.9",
                      with_habits({{.principal = "neighbour", .networks = {"198.51.0.0/16"}}})) ==
          List{"eve", "mallory"});
}

TEST_CASE("campaign: an account without networks has no strangers") {
    Usual usual;
    usual.baseline.add({.account = "111122223333", .principal = "somebody", .service = "account"},
                       {.first_seen = 0, .last_seen = 0});
    CHECK(groups_at(1, usual) == List{"eve", "mallory"});
}

TEST_CASE("campaign: each hour decides anew whether a known principal is strange") {
    // Its client is the usual one in one hour, and new in the next.
    const Usual usual = with_habits({{.networks = {"192.0.0.0/16"}, .clients = {"aws-cli"}}});
    Caller other_client = k_eve;
    other_client.agent = "Boto3";
    const Story before = {k_looks, k_mallory.calls("SendEmail", 1)};
    CHECK(groups(before + Story{other_client.calls("GetSendQuota", 7200)}, {}, usual) ==
          List{"eve+mallory"});
    CHECK(groups(before + Story{other_client.calls("GetSendQuota", k_until_midnight)}, {}, usual) ==
          List{"eve", "mallory"});
}

TEST_CASE("campaign: calls by AWS for a role, and the sources of role sessions, share no address") {
    const Usual usual = with_habits({});
    Caller role{.name = "role/app", .address = k_abroad};
    StoryEvent by_aws = role.calls("InvokeModel", 1);
    by_aws.invoked_by = "bedrock.amazonaws.com";
    CHECK(groups({k_looks, by_aws}, {}, usual) == List{"app", "eve"});
    CHECK(groups({k_looks, k_mallory.assumes("app", 1)}, k_with_role_sessions, usual) ==
          List{"eve", "mallory"});
}

TEST_CASE("campaign: a principal that represents a whole account shares no address") {
    StoryEvent nobody = k_mallory.calls("SendEmail", 1);
    nobody.arn = nobody.account;
    nobody.key = "";
    CHECK(groups({k_looks, nobody}, {}, with_habits({})) == List{"111122223333", "eve"});
}
