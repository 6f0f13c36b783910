#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr std::int64_t k_hour = 3600;

// The n-th address; each is in a different network.
std::string network(int n) { return "10." + std::to_string(n) + ".0.1"; }

// One call from each of this many networks, this many seconds apart.
Story rotating(int addresses, std::int64_t apart = 60) {
    Story story = repeated({.call = "GetSendQuota"}, 0, addresses, apart);
    for (int i = 0; i < addresses; ++i) story[static_cast<std::size_t>(i)].address = network(i);
    return story;
}

}  // namespace

TEST_CASE("rotating_ips: five addresses in five networks, at least half as many as calls") {
    CHECK(score("rotating_ips", rotating(5)) == 40);
    CHECK(score("rotating_ips", rotating(4)) == 0);
    Story near = rotating(5);
    near[4].address = "10.0.7.1";  // a network that is counted already
    CHECK(score("rotating_ips", near) == 15);
    near[4].address = network(0);
    CHECK(score("rotating_ips", near) == 0);
    const Story more = repeated({.call = "GetSendQuota", .address = network(0)}, 900, 6);
    CHECK(score("rotating_ips", rotating(5) + Story(more.begin(), more.end() - 1)) == 40);
    CHECK(score("rotating_ips", rotating(5) + more) == 0);
    Story other = rotating(5);
    other[4].agent = "Boto3/1.2";
    CHECK(score("rotating_ips", other) == 0);
    other[4].agent = "aws-cli/2.1";  // the same agent except for its version
    CHECK(score("rotating_ips", other) == 40);
}

TEST_CASE("rotating_ips: IPv6 networks are /32, and a service's name is not an address") {
    Story story = rotating(5);
    story[4].address = "2001:db8::1";
    CHECK(score("rotating_ips", story) == 40);
    story[3].address = "2001:db8:1::1";
    CHECK(score("rotating_ips", story) == 15);
    story[3].address = "AWS Internal";
    CHECK(score("rotating_ips", story) == 0);
}

TEST_CASE("rotating_ips: 24 consecutive UTC hours") {
    Story day = rotating(5);
    day[4].time = clock(23 * k_hour + k_hour - 1);
    CHECK(score("rotating_ips", day) == 40);
    day[4].time = clock(24 * k_hour);
    CHECK(score("rotating_ips", day) == 0);
    // Calls of the first hour spoil its ratio, but not that of the following hours.
    Story later = rotating(5);
    for (StoryEvent& event : later) event.time = clock(2 * k_hour);
    CHECK(score("rotating_ips",
                repeated({.call = "GetSendQuota", .address = network(0)}, 0, 20) + later) == 40);
}

TEST_CASE("rotating_ips: later calls do not hide it") {
    const Story later = repeated({.call = "GetSendQuota", .address = network(0)}, 12 * k_hour, 45);
    CHECK(score("rotating_ips", rotating(18) + later) == 40);
}

TEST_CASE("rotating_ips: calls from inside a cloud score less") {
    Story cloud = rotating(5);
    for (StoryEvent& event : cloud) event.workload = "arn:aws:lambda:us-east-1:1:function:f";
    CHECK(score("rotating_ips", cloud) == 15);
    Story web = rotating(5);
    for (StoryEvent& event : web) event.provider = "accounts.google.com";
    CHECK(score("rotating_ips", web) == 15);
    Story lambda = rotating(5);
    for (StoryEvent& event : lambda) event.agent = "Boto3 exec-env/AWS_Lambda_python3.12";
    CHECK(score("rotating_ips", lambda) == 40);  // a user's key is not excused by a cloud sign
    for (StoryEvent& event : lambda) {
        event.type = "AssumedRole";
        event.issuer = "arn:aws:iam::111122223333:role/r";
    }
    CHECK(score("rotating_ips", lambda) == 15);
    for (StoryEvent& event : lambda)
        event.address.replace(0, event.address.rfind('.', 7), "10.1.2");
    for (std::size_t i = 0; i < lambda.size(); ++i) {
        lambda[i].address = "10.1.2." + std::to_string(i);
    }
    CHECK(score("rotating_ips", lambda) == 15);  // regardless of networks and signs
}

TEST_CASE("rotating_ips: a long-term key from ten networks, whatever the clients") {
    Story story = rotating(10);
    for (std::size_t i = 0; i < story.size(); ++i) {
        story[i].agent = "agent-" + std::string(i + 1, 'x');
    }
    CHECK(score("rotating_ips", story) == 0);
    story[3].key = "AKIA1";
    CHECK(score("rotating_ips", story) == 30);
    story[9].address = network(0);
    CHECK(score("rotating_ips", story) == 0);
}

TEST_CASE(
    "rotating_ips: the reason gives the numbers of calls, clients and addresses, and the time") {
    Story story = rotating(18, 2000);
    CHECK(reason("rotating_ips", story) ==
          "18 calls by 1 client from 18 IPs in 18 networks within 10 h from "
          "2026-03-02T10:00:00Z (+40)");
    story = rotating(5);
    for (StoryEvent& event : story) event.workload = "arn:aws:lambda:::f";
    CHECK(reason("rotating_ips", story).ends_with(", some from cloud workloads (+15)"));
    story = rotating(5);
    story[4].address = "10.0.7.1";
    CHECK(reason("rotating_ips", story).ends_with(", in few networks (+15)"));
}

TEST_CASE("many_ips: more than three addresses in a UTC hour") {
    CHECK(score("many_ips", rotating(3)) == 0);
    CHECK(score("many_ips", rotating(4)) == 10);
    CHECK(score("many_ips", rotating(4, 1199)) == 10);
    CHECK(score("many_ips", rotating(4, 1200)) == 0);
    Story unclear = rotating(4);
    unclear[0].address = "sns.example";
    CHECK(score("many_ips", unclear) == 0);
    CHECK(reason("many_ips", rotating(4)) ==
          "Called from 4 IPs in the hour from 2026-03-02T10:00:00Z (+10)");
    Story more = rotating(6);
    for (StoryEvent& event : more) event.time = clock(k_hour);
    CHECK(reason("many_ips", rotating(4) + more) ==
          "Called from 6 IPs in the hour from 2026-03-02T11:00:00Z (+10)");
}

TEST_CASE("sources: not for a principal that represents a whole account") {
    Story story = rotating(10);
    for (StoryEvent& event : story) event.arn = event.key = "";
    CHECK(score("rotating_ips", story) == 0);
    CHECK(score("many_ips", story) == 0);
}

TEST_CASE("rotating_ips and many_ips: usual networks of the principal do not count") {
    Habit road{.networks = {}, .clients = {"aws-cli"}};
    for (int i = 0; i < 4; ++i) road.networks.push_back("10." + std::to_string(i) + ".0.0/16");
    CHECK(score("rotating_ips", rotating(8), {}, with_habits({road})) == 0);
    CHECK(score("rotating_ips", rotating(9), {}, with_habits({road})) == 40);
    CHECK(score("many_ips", rotating(7), {}, with_habits({road})) == 0);
    CHECK(score("many_ips", rotating(8), {}, with_habits({road})) == 10);
}

TEST_CASE("rotating_ips: cloud signs excuse depending on what is known of the principal") {
    const auto outside = [](const std::string& agent, const std::string& workload) {
        Story story = rotating(5);
        for (std::size_t i = 0; i < story.size(); ++i) {
            story[i].type = "AssumedRole";
            story[i].issuer = "arn:aws:iam::111122223333:role/app";
            story[i].agent = agent;
            story[i].workload = workload;
            story[i].address = std::to_string(40 + i) + ".1.1.1";
        }
        return story;
    };
    const std::string lambda = "Boto3 exec-env/AWS_Lambda_python3.12";
    const std::string function = "arn:aws:lambda:us-east-1:1:function:f";
    const Usual newcomer = with_habits({});
    const Usual known = with_habits(
        {{.principal = "arn:aws:iam::111122223333:role/app", .networks = {"192.0.0.0/16"}}});
    // Without a baseline each sign excuses.
    CHECK(score("rotating_ips", outside(lambda, "")) == 15);
    CHECK(score("rotating_ips", outside("Boto3", function)) == 15);
    // Without history a sign in the log excuses, but one in the user agent does not.
    CHECK(score("rotating_ips", outside("Boto3", function), {}, newcomer) == 15);
    CHECK(score("rotating_ips", outside(lambda, ""), {}, newcomer) == 40);
    Usual listed = newcomer;
    for (int i = 40; i < 45; ++i) {
        listed.networks.add(*rules::parse_cidr(std::to_string(i) + ".1.0.0/16"));
    }
    CHECK(score("rotating_ips", outside(lambda, ""), {}, listed) == 15);
    // With history nothing excuses networks other than its own.
    CHECK(score("rotating_ips", outside("Boto3", function), {}, known) == 40);
}

TEST_CASE("rotating_ips: one long-term key in twenty networks that nobody in the account uses") {
    const auto from = [](int networks) {
        Story story = repeated({.call = "GetSendQuota", .key = "AKIA1"}, 0, 3 * networks, 600);
        for (std::size_t i = 0; i < story.size(); ++i) {
            story[i].address = std::to_string(20 + i / 3) + ".1.1.1";
        }
        return story;
    };
    CHECK(score("rotating_ips", from(20)) == 30);  // without a baseline nobody is a stranger
    CHECK(score("rotating_ips", from(20), {}, with_habits({})) == 40);
    CHECK(score("rotating_ips", from(19), {}, with_habits({})) == 30);
}
