#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

// The calls are from 198.51.100.1, with `aws-cli`.
const StoryEvent k_first_mail{.time = clock(60), .call = "SendEmail"};

StoryEvent by_role(StoryEvent story_event, std::string role = "app") {
    story_event.type = "AssumedRole";
    story_event.issuer = "arn:aws:iam::111122223333:role/" + role;
    return story_event;
}

// The principal's habits, and those of another principal at 198.51.100.1.
Usual habits(std::vector<std::string> networks, std::vector<std::string> clients,
             bool others_are_there = false) {
    std::vector<Habit> all = {{.networks = std::move(networks), .clients = std::move(clients)}};
    if (others_are_there) all.push_back({.principal = "neighbour", .networks = {"198.51.0.0/16"}});
    return with_habits(all);
}

}  // namespace

TEST_CASE("new_source: neither the network nor the client is the principal's") {
    const auto scored = [](const Usual& usual, const StoryEvent& story_event = k_first_mail) {
        return score("new_source", {story_event}, {}, usual);
    };
    CHECK(score("new_source", {k_first_mail}) == 0);  // without a baseline nothing is new
    CHECK(scored(habits({"192.0.0.0/16"}, {"Boto3"})) == 40);
    CHECK(scored(habits({"192.0.0.0/16"}, {"Boto3"}, true)) == 30);
    CHECK(scored(habits({"192.0.0.0/16"}, {"aws-cli"}, true)) == 0);
    CHECK(scored(habits({"198.51.0.0/16"}, {"Boto3"})) == 0);
    // A list without a usual value is not informative yet.
    CHECK(scored(habits({}, {"Boto3"})) == 0);
    CHECK(scored(habits({"192.0.0.0/16"}, {})) == 0);
    Usual young = with_habits({{.networks = {"192.0.0.0/16"}, .clients = {"Boto3"}, .days = 7}});
    CHECK(scored(young) == 0);
    StoryEvent inside = k_first_mail;
    for (const char* address :
         {"10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd00::1", "AWS Internal", ""}) {
        inside.address = address;
        CHECK(scored(habits({"192.0.0.0/16"}, {"Boto3"}), inside) == 0);
    }
}

TEST_CASE("new_source: listed networks are the organisation's") {
    Usual usual = habits({"192.0.0.0/16"}, {"Boto3"});
    usual.networks.add(*rules::parse_cidr("198.51.100.0/24"));
    CHECK(score("new_source", {k_first_mail}, {}, usual) == 30);
    Usual newcomer = with_habits({});
    CHECK(score("new_source", {k_first_mail}, {}, newcomer) == 25);
    newcomer.networks.add(*rules::parse_cidr("198.51.100.1"));
    CHECK(score("new_source", {k_first_mail}, {}, newcomer) == 0);
}

TEST_CASE("new_source: credentials that belong elsewhere are stolen") {
    const Usual usual = habits({"192.0.0.0/16"}, {"Boto3"});
    StoryEvent scoped = k_first_mail;
    scoped.workload = "arn:aws:lambda:us-east-1:1:function:f";
    CHECK(score("new_source", {scoped}, {}, usual) == 50);
    StoryEvent at_home = k_first_mail;
    at_home.address = "192.0.2.1";
    at_home.agent = "Boto3";
    at_home.time = clock(3599);
    CHECK(score("new_source", {k_first_mail, at_home}, {}, usual) == 50);
    at_home.time = clock(3600);  // in another hour
    CHECK(score("new_source", {k_first_mail, at_home}, {}, usual) == 40);
    CHECK(reason("new_source", {k_first_mail}, {}, usual) ==
          "1 call from 198.51.100.1 (network 198.51.0.0/16) with aws-cli in the hour from "
          "2026-03-02T10:00:00Z: network new to the account, client new to the principal (+40)");
}

TEST_CASE("new_source: a principal that travels, and one that sends a lot from there") {
    const Usual usual = habits({"192.0.0.0/16"}, {"aws-cli"});
    CHECK(score("new_source", {k_first_mail}, {}, usual) == 15);
    CHECK(score("new_source", repeated(k_first_mail, 0, 99), {}, usual) == 15);
    CHECK(score("new_source", repeated(k_first_mail, 0, 100), {}, usual) == 25);
    Story spread = repeated(k_first_mail, 0, 50) + repeated(k_first_mail, 24 * 3600 - 60, 50);
    CHECK(score("new_source", spread, {}, usual) == 25);
    spread = repeated(k_first_mail, 0, 50) + repeated(k_first_mail, 24 * 3600, 50);
    CHECK(score("new_source", spread, {}, usual) == 15);
    const Habit role{.principal = "arn:aws:iam::111122223333:role/app",
                     .networks = {"192.0.0.0/16"},
                     .clients = {"aws-cli"}};
    CHECK(score("new_source", repeated(by_role(k_first_mail), 0, 100), {}, with_habits({role})) ==
          15);
}

TEST_CASE("new_source: a principal without history in a stranger's network") {
    const Usual usual = with_habits({});
    CHECK(score("new_source", {k_first_mail}, {}, usual) == 25);  // a user's credentials
    StoryEvent role = by_role(k_first_mail);
    CHECK(score("new_source", {role}, {}, usual) ==
          25);  // a client that nobody in the account uses
    role.agent = "colleague";
    CHECK(score("new_source", {role}, {}, usual) == 15);
    role.bearer = "true";
    CHECK(score("new_source", {role}, {}, usual) == 25);
    role.bearer = "";
    role.address = "203.0.113.7";
    CHECK(score("new_source", {role}, {}, usual) == 0);
    CHECK(score("new_source", {k_first_mail}, {}, with_habits({{.days = 6}})) == 25);  // too young
}

TEST_CASE("new_source: a calling service is a network by itself") {
    StoryEvent desktop = by_role(k_first_mail);
    desktop.address = "appstream.amazonaws.com";
    const Usual usual = with_habits({{.principal = "arn:aws:iam::111122223333:role/app",
                                      .networks = {"192.0.0.0/16"},
                                      .clients = {"Boto3"}}});
    CHECK(reason("new_source", {desktop}, {}, usual).contains("from appstream.amazonaws.com"));
    const Usual known = with_habits({{.principal = "arn:aws:iam::111122223333:role/app",
                                      .networks = {"appstream.amazonaws.com"},
                                      .clients = {"Boto3"}}});
    CHECK(score("new_source", {desktop}, {}, known) == 0);
}

TEST_CASE("new_source: a list with too many networks is not evidence") {
    Usual usual = habits({"192.0.0.0/16"}, {"Boto3"});
    rules::Baseline::Row many =
        *usual.baseline.find("111122223333", "arn:aws:iam::111122223333:user/eve", "account");
    many.networks.add_too_many({.first = 20'400, .last = 20'500});
    usual.baseline.add({.account = "111122223333",
                        .principal = "arn:aws:iam::111122223333:user/eve",
                        .service = "account"},
                       many);
    CHECK(score("new_source", {k_first_mail}, {}, usual) == 0);
}

TEST_CASE("first_use: a successful use that the baseline does not know") {
    const Habit ses{.principal = "somebody", .service = "ses", .peak_hour = 1};
    const Habit network{.principal = "somebody", .networks = {"198.51.0.0/16"}};
    CHECK(score("first_use", {k_first_mail}) == 0);  // without a baseline nothing is new
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({ses, network})) == 5);
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({network})) ==
          15);  // nobody in the account has used it
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({ses})) == 10);
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({})) == 25);
    CHECK(score("first_use", {k_first_mail}, {},
                with_habits({{.service = "ses", .peak_hour = 1}})) == 0);
    // A principal that only made recon calls has not used it, and a young one has no history.
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({{.service = "ses"}})) == 25);
    CHECK(score("first_use", {k_first_mail}, {},
                with_habits({{.service = "ses", .peak_hour = 1, .days = 6}})) == 10);
    StoryEvent denied = k_first_mail;
    denied.error = "AccessDenied";
    CHECK(score("first_use", {denied}, {}, with_habits({})) == 0);
    StoryEvent elsewhere = k_first_mail;
    elsewhere.account = "444455556666";
    CHECK(score("first_use", {elsewhere}, {}, with_habits({})) ==
          0);  // the account is not known at all
}

TEST_CASE("first_use: an account is learned for two weeks, by the event's time") {
    const auto since = [](std::int64_t days) {
        Usual usual;
        const std::int64_t seen = 1'772'445'600 - days * 86'400;
        usual.baseline.add({.account = "111122223333", .principal = "somebody", .service = "ses"},
                           {.first_seen = seen, .last_seen = seen, .peak_hour = 1});
        return usual;
    };
    StoryEvent first = k_first_mail;
    first.time = clock(-1);
    CHECK(score("first_use", {first}, {}, since(14)) == 0);
    first.time = clock(0);
    CHECK(score("first_use", {first}, {}, since(14)) ==
          5);  // no network is known, so there are no strangers
    CHECK(score("first_use", {first}, {}, since(13)) == 0);
}

TEST_CASE("first_use: peers excuse it, but not with a client that nobody in the account uses") {
    StoryEvent role = by_role(k_first_mail, "web-Service3D9F1C2A-1A2B3C4D5E6F");
    role.agent = "colleague";
    const Habit peer{.principal = "arn:aws:iam::111122223333:role/web-Service0A1B2C3D-ZYXWVUTSRQP1",
                     .service = "ses",
                     .peak_hour = 1};
    CHECK(score("first_use", {role}, {}, with_habits({peer})) == 0);
    role.agent = "python-requests";
    CHECK(score("first_use", {role}, {}, with_habits({peer})) == 10);
    const Habit other{
        .principal = "arn:aws:iam::111122223333:role/api", .service = "ses", .peak_hour = 1};
    role.agent = "colleague";
    CHECK(score("first_use", {role}, {}, with_habits({other})) == 10);
    // Users do not belong to a family.
    const Habit user{
        .principal = "arn:aws:iam::111122223333:user/eve2", .service = "ses", .peak_hour = 1};
    CHECK(score("first_use", {k_first_mail}, {}, with_habits({user})) == 10);
}

TEST_CASE("first_use: the reason names the first user, and of two services the newer one counts") {
    const Habit ses{.principal = "somebody", .service = "ses", .peak_hour = 1};
    const Story story = {k_first_mail, {.time = clock(120), .call = "InvokeModel"}};
    CHECK(reason("first_use", story, {}, with_habits({ses})) ==
          "First use of AWS Bedrock by anyone in the account at 2026-03-02T10:02:00Z with "
          "InvokeModel (us-east-1), from a network that is new to the account (+25)");
    CHECK(reason("first_use", {story[0]}, {}, with_habits({ses})) ==
          "First use of AWS SES by this principal at 2026-03-02T10:01:00Z with SendEmail "
          "(us-east-1), from a network that is new to the account (+10)");
}
