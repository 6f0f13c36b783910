#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const StoryEvent k_use{.call = "InvokeModel"};  // threshold 50

Story uses(std::int64_t first_second, int times, std::int64_t apart = 1) {
    return repeated(k_use, first_second, times, apart);
}

}  // namespace

TEST_CASE("burst: more messages than the threshold in 60 minutes") {
    CHECK(score("burst", uses(0, 50)) == 0);
    CHECK(score("burst", uses(0, 51)) == 25);
    CHECK(score("burst", uses(0, 150)) == 25);
    CHECK(score("burst", uses(0, 151)) == 30);
    CHECK(score("burst", uses(0, 500)) == 30);
    CHECK(score("burst", uses(0, 501)) == 35);
    CHECK(score("burst", uses(0, 51), "[service:bedrock]\nthreshold = 51\n") == 0);
}

TEST_CASE("burst: 60 consecutive minutes, wherever they begin") {
    CHECK(score("burst", uses(-30, 51)) == 25);
    CHECK(score("burst", uses(0, 50) + uses(59 * 60 + 59, 1)) == 25);
    CHECK(score("burst", uses(0, 50) + uses(hours(1), 1)) == 0);
}

TEST_CASE("burst: only successful uses of one service count, each with its messages") {
    Story failed = uses(0, 51);
    failed.back().error = "ThrottlingException";
    CHECK(score("burst", failed) == 0);
    StoryEvent mail{
        .call = "SendEmail",
        .parameters = R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"]}})"};
    CHECK(score("burst", repeated(mail, 0, 33)) == 0);
    CHECK(score("burst", repeated(mail, 0, 34)) == 25);
    CHECK(
        reason("burst", repeated(mail, 0, 34)).starts_with("102 messages in 34 successful calls"));
    CHECK(score("burst", uses(0, 50) + repeated(mail, 0, 33)) == 0);
}

TEST_CASE("burst: with a history, the hour must exceed three times the busiest hour") {
    const Story before = uses(0, 40);
    const std::int64_t later = hours(13);  // the hour of `before` ended 12 h before
    CHECK(score("burst", before + uses(later, 120)) == 0);
    CHECK(score("burst", before + uses(later, 121)) == 35);
    CHECK(score("burst", before + uses(later, 151)) == 45);
    CHECK(score("burst", before + uses(later, 501)) == 55);
    CHECK(score("burst", before + uses(later - 60, 120)) == 25);  // no history yet
    Story failed = before;
    for (StoryEvent& event : failed) event.error = "AccessDenied";
    CHECK(score("burst", failed + uses(later, 120)) == 25);
    const std::string text = reason("burst", before + uses(later, 121));
    CHECK(text ==
          "121 successful calls to AWS Bedrock in 60 min from "
          "2026-03-02T23:00:00Z, more than the threshold of 50 and more than 3 "
          "times the busiest hour before (40 messages) (+35)");
}

TEST_CASE("burst: activity that recurs every night is a burst only in the first night") {
    Story nights;
    for (int night = 0; night < 5; ++night) nights = nights + uses(hours(night * 24), 60);
    CHECK(score("burst", nights) == 25);
    CHECK(reason("burst", nights) ==
          "60 successful calls to AWS Bedrock in 60 min from "
          "2026-03-02T10:00:00Z, more than the threshold of 50; no history (+25)");
}

TEST_CASE("burst: in a known account it is strong only from a new source") {
    const Story many = uses(0, 151);  // from 198.51.100.1 with `aws-cli`
    const Habit used{.service = "bedrock", .peak_hour = 50};
    const Habit at_home{.networks = {"198.51.0.0/16"}, .clients = {"aws-cli"}};
    const Habit elsewhere{.networks = {"192.0.0.0/16"}, .clients = {"Boto3"}};
    CHECK(score("burst", many, {}, with_habits({used, at_home})) == 30);
    CHECK(score("burst", many, {}, with_habits({used, elsewhere})) == 45);
    CHECK(
        reason("burst", many, {}, with_habits({used, elsewhere}))
            .ends_with("and more than 3 times the busiest hour before (50 messages); from a source "
                       "that is new to the principal (+45)"));
    // A new network alone is not enough: people travel.
    const Habit travelling{.networks = {"192.0.0.0/16"}, .clients = {"aws-cli"}};
    Story by_role = many;
    for (StoryEvent& event : by_role) event.type = "AssumedRole";
    CHECK(score("burst", by_role, {}, with_habits({used, travelling})) == 30);
    CHECK(score("burst", many, {}, with_habits({used, travelling})) ==
          45);  // 100 messages with a user's key
    // Normal activity is not a burst, whatever its source.
    const Habit busy{.service = "bedrock", .peak_hour = 51};
    CHECK(score("burst", many, {}, with_habits({busy, elsewhere})) == 0);
}

TEST_CASE("burst: a principal without history, its peers and its vouchers") {
    Story many = uses(0, 151);
    for (StoryEvent& event : many) {
        event.type = "AssumedRole";
        event.issuer = "arn:aws:iam::111122223333:role/pr-17";
        event.agent = "colleague";
    }
    CHECK(score("burst", many, {}, with_habits({})) == 45);  // a stranger's network
    const Habit network{.principal = "somebody", .networks = {"198.51.0.0/16"}};
    CHECK(score("burst", many, {}, with_habits({network})) == 30);
    const Habit peer{
        .principal = "arn:aws:iam::111122223333:role/pr-9", .service = "bedrock", .peak_hour = 50};
    CHECK(score("burst", many, {}, with_habits({peer})) == 30);
    Habit busy_peer = peer;
    busy_peer.peak_hour = 51;
    CHECK(score("burst", many, {}, with_habits({busy_peer})) == 0);
    CHECK(reason("burst", many, {}, with_habits({peer}))
              .ends_with("times the busiest hour of its peers (50 messages) (+30)"));
    for (StoryEvent& event : many)
        event.agent = "python-requests";  // a client that nobody in the account uses
    CHECK(score("burst", many, {}, with_habits({busy_peer})) == 45);
    for (StoryEvent& event : many) event.agent = "colleague";
    Usual vouched = with_habits({});
    add_making(vouched, "arn:aws:iam::111122223333:role/pr-17", 29, true);
    CHECK(score("burst", many, {}, vouched) == 30);
    add_making(vouched, "arn:aws:iam::111122223333:role/pr-17", 3, false);
    CHECK(score("burst", many, {}, vouched) == 45);
    Usual long_ago = with_habits({});
    add_making(long_ago, "arn:aws:iam::111122223333:role/pr-17", 31, true);
    CHECK(score("burst", many, {}, long_ago) == 45);
}

TEST_CASE("burst: a making in the range vouches as well") {
    Story many = uses(60, 151);
    for (StoryEvent& event : many) {
        event.type = "AssumedRole";
        event.issuer = "arn:aws:iam::111122223333:role/app";
        event.agent = "colleague";
    }
    StoryEvent made = call("CreateRole", R"({"roleName":"app"})", 0);
    made.address = "203.0.113.5";
    made.arn = "arn:aws:iam::111122223333:user/zoe";
    const auto strong = [&](const Story& story) {
        const auto findings = hunt(story, {}, with_habits({}));
        REQUIRE(!findings.empty());
        return std::ranges::any_of(findings, [](const HuntFinding& finding) {
            return std::ranges::any_of(finding.reasons, [](const std::string& text) {
                return text.contains("was not created from a known source");
            });
        });
    };
    CHECK(strong(many));
    CHECK_FALSE(strong(many + Story{made}));
    made.address = "192.0.2.1";
    CHECK(strong(many + Story{made}));
    made.address = "203.0.113.5";
    made.time = clock(61);  // only after the use began
    CHECK(strong(many + Story{made}));
}

TEST_CASE("burst: a slow rise cannot train the baseline to a new peak") {
    constexpr rules::Baseline::Week week =
        2931;  // the week of the stories, which begins on 2 March 2026
    const auto risen = [](rules::Baseline::Week old_week, std::uint64_t old_peak) {
        Usual usual = with_habits({{.service = "bedrock", .peak_hour = 200},
                                   {.networks = {"198.51.0.0/16"}, .clients = {"aws-cli"}}});
        rules::Baseline::Row row =
            *usual.baseline.find("111122223333", "arn:aws:iam::111122223333:user/eve", "bedrock");
        row.peaks = {{old_week, old_peak}, {week - 1, 200}};
        Usual with_weeks = with_habits({{.networks = {"198.51.0.0/16"}, .clients = {"aws-cli"}}});
        with_weeks.baseline.add({.account = "111122223333",
                                 .principal = "arn:aws:iam::111122223333:user/eve",
                                 .service = "bedrock"},
                                row);
        return with_weeks;
    };
    const Story many = uses(0, 510);  // within 3 times 200
    CHECK(score("burst", many, {}, risen(week - 2, 50)) == 55);
    CHECK(score("burst", many, {}, risen(week - 2, 51)) == 0);
    // The week before ended today, less than 7 days ago, so its peak is not old.
    CHECK(score("burst", many, {}, risen(week - 1, 50)) == 0);
}

TEST_CASE("burst, drip and first_use: use that AWS makes with a customer's role counts") {
    StoryEvent by_aws = k_use;
    by_aws.type = "AssumedRole";
    by_aws.issuer = "arn:aws:iam::111122223333:role/agent";
    by_aws.invoked_by = by_aws.address = by_aws.agent = "bedrock.amazonaws.com";
    const Story many = repeated(by_aws, 0, 51);
    CHECK(score("burst", many) == 25);
    CHECK(score("first_use", many, {}, with_habits({})) == 15);
    CHECK(score("drip", repeated(by_aws, 0, 345, 250), {}, with_habits({})) == 25);
    StoryEvent linked = by_aws;
    linked.issuer = "arn:aws:iam::111122223333:role/aws-service-role/x/AWSServiceRoleForBedrock";
    CHECK(hunt(repeated(linked, 0, 51)).empty());
    // No other rule counts it.
    Story in_regions = repeated(by_aws, 0, 3);
    in_regions[1].region = "eu-west-1";
    in_regions[2].region = "sa-east-1";
    CHECK(score("region_spread", in_regions) == 0);
    Story denied = repeated(by_aws, 0, 5);
    for (StoryEvent& event : denied) event.error = "AccessDenied";
    CHECK(score("denied_use", denied) == 0);
    const auto findings = hunt(many);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].use_count == 51);
    CHECK(findings[0].traits[Trait::address].values.empty());
}

TEST_CASE(
    "drip: steady use in a day that is new for the principal, or more than three normal days") {
    const auto steady = [](int hours_of_use, int an_hour) {
        Story story;
        for (int hour = 0; hour < hours_of_use; ++hour) {
            story = story + repeated(k_use, hours(hour), an_hour);
        }
        return story;
    };
    CHECK(score("drip", steady(10, 31)) == 0);  // without a baseline
    CHECK(score("drip", steady(10, 30), {}, with_habits({})) == 0);
    CHECK(score("drip", steady(10, 31), {}, with_habits({})) == 25);
    CHECK(score("drip", steady(7, 50), {}, with_habits({})) == 0);
    CHECK(score("drip", steady(8, 38), {}, with_habits({})) == 25);
    const auto with_day = [](std::optional<std::uint64_t> day, std::uint64_t hour) {
        return with_habits({{.service = "bedrock", .peak_hour = hour, .peak_day = day}});
    };
    CHECK(score("drip", steady(10, 31), {}, with_day(103, 50)) == 25);
    CHECK(score("drip", steady(10, 31), {}, with_day(104, 50)) == 0);
    CHECK(score("drip", steady(10, 31), {}, with_day({}, 4)) == 25);  // 24 times the busiest hour
    CHECK(score("drip", steady(10, 31), {}, with_day({}, 5)) == 0);
    CHECK(
        reason("drip", steady(10, 31), {}, with_habits({})) ==
        "310 successful calls to AWS Bedrock within 24 h from 2026-03-02T10:00:00Z, in 10 of "
        "those hours: more than 6 times the hourly threshold of 50; the principal has not used it "
        "before (+25)");
}

TEST_CASE("fan_out: fifty phones are subscribed within an hour") {
    const StoryEvent subscribe = call("Subscribe", R"({"protocol":"sms"})");
    CHECK(score("fan_out", repeated(subscribe, 0, 49)) == 0);
    CHECK(score("fan_out", repeated(subscribe, 0, 50)) == 35);
    CHECK(score("fan_out", repeated(subscribe, 0, 49) + repeated(subscribe, 3600, 1)) == 35);
    CHECK(score("fan_out", repeated(subscribe, 0, 49) + repeated(subscribe, 3601, 1)) == 0);
    CHECK(score("fan_out", repeated(call("Subscribe", R"({"protocol":"email"})"), 0, 50)) == 0);
    StoryEvent failed = subscribe;
    failed.error = "AccessDenied";
    CHECK(score("fan_out", repeated(failed, 0, 50)) == 0);
    CHECK(reason("fan_out", repeated(subscribe, 0, 50)) ==
          "50 successful calls to Subscribe (AWS SNS) within 60 min from 2026-03-02T10:00:00Z: one "
          "message then reaches all of them (+35)");
}
