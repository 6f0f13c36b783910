#include "detect/hunt/response.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

using Steps = std::vector<std::string>;

const std::string k_role = "arn:aws:iam::111122223333:role/app";

StoryEvent use(std::string name, int second, std::string region = "us-east-1") {
    StoryEvent event = detect::call(std::move(name), "{}", second);
    event.key = "AKIA1";
    event.region = std::move(region);
    return event;
}

StoryEvent by_role(StoryEvent event) {
    event.type = "AssumedRole";
    event.issuer = k_role;
    event.arn = "arn:aws:sts::111122223333:assumed-role/app/i-0abc";
    event.key = "ASIA2";
    return event;
}

/// The commands of the first row, each cut at its policy.
Steps commands(const Story& story, std::string_view conf = {}) {
    Steps commands;
    const std::vector<HuntFinding> rows = hunt(story, conf);
    for (const std::string& step : rows.front().response) {
        const std::string command = step.substr(step.find(": ") + 2);
        commands.push_back(command.substr(0, command.find(" --policy-document")));
    }
    return commands;
}

const std::string k_deny_eve =
    "aws iam put-user-policy --user-name eve --policy-name CloudhijackQuarantine";
const std::string k_disable_key =
    "aws iam update-access-key --user-name eve --access-key-id AKIA1 --status Inactive";

std::string pause_in(const std::string& region) {
    return "aws sesv2 put-account-sending-attributes --no-sending-enabled --region " + region;
}

}  // namespace

TEST_CASE("response: two steps against the principal, and one against the service") {
    CHECK(commands({use("SendEmail", 0)}) ==
          Steps{k_deny_eve, k_disable_key, pause_in("us-east-1")});
}

TEST_CASE("response: the place of use with the most messages comes first") {
    const Story story = {use("SendEmail", 0, "eu-west-1"), use("SendEmail", 1, "us-west-2"),
                         use("SendEmail", 2, "us-west-2")};
    CHECK(commands(story)[2] == pause_in("us-west-2"));
    Story refused = story;
    refused[1].error = refused[2].error = "AccessDenied";
    CHECK(commands(refused)[2] == pause_in("eu-west-1"));
    // Without a key to disable, there is room for two places.
    Story without_key = story;
    for (StoryEvent& event : without_key) event.key = "ASIA1";
    CHECK(commands(without_key) == Steps{k_deny_eve, pause_in("us-west-2"), pause_in("eu-west-1")});
}

TEST_CASE("response: a service that was not used has no step") {
    CHECK(commands({use("ListIdentities", 0)}) == Steps{k_deny_eve, k_disable_key});
}

TEST_CASE("response: a step appears only once") {
    Story story = {use("InvokeModel", 0), use("InvokeModel", 1, "us-west-2")};
    for (StoryEvent& event : story) event.key = "ASIA1";
    const Steps steps = commands(story);
    REQUIRE(steps.size() == 2);
    CHECK(steps[1].starts_with("aws organizations attach-policy --target-id 111122223333 "));
}

TEST_CASE("response: a role is denied the services that it used") {
    const auto rows = hunt({by_role(use("SendEmail", 0)), by_role(use("ListFoundationModels", 1))});
    const Steps& steps = rows.front().response;
    REQUIRE(steps.size() == 3);
    CHECK(steps[0].contains("--role-name app --policy-name AWSRevokeOlderSessions "));
    CHECK(steps[1].contains(R"("Action":"ses:*")"));
    CHECK(steps[2].ends_with(pause_in("us-east-1")));
}

TEST_CASE("response: in a campaign each principal has one step, the head first") {
    // The head is not the first by name: eve makes bob, who sends mail.
    StoryEvent made = use("CreateUser", 0);
    made.parameters = R"({"userName":"bob"})";
    StoryEvent mail = use("SendEmail", 60);
    mail.arn = "arn:aws:iam::111122223333:user/bob";
    mail.key = "AKIA2";
    const auto rows = hunt({made, mail});
    REQUIRE(rows.size() == 1);
    REQUIRE(rows.front().members.size() == 2);
    const Steps steps = commands({made, mail});
    CHECK(steps ==
          Steps{k_deny_eve,
                "aws iam put-user-policy --user-name bob --policy-name CloudhijackQuarantine",
                pause_in("us-east-1")});
}

TEST_CASE("response: a custom service has its own step, with its placeholders filled in") {
    const std::string conf =
        "[service:ses]\nresponse = Stop {region}; all of \\\n  it: stop {account} '{region}' "
        "{\"a\":1}\n";
    CHECK(hunt({use("SendEmail", 0)}, conf).front().response[2] ==
          R"(Stop us-east-1; all of it: stop 111122223333 'us-east-1' {"a":1})");
    Story unknown = {use("SendEmail", 0, "x'; touch y")};
    unknown[0].account = "$(touch y)";
    CHECK(hunt(unknown, conf).front().response[2] ==
          R"(Stop REGION; all of it: stop ACCOUNT 'REGION' {"a":1})");
    unknown[0].region = {};
    unknown[0].account = {};
    CHECK(hunt(unknown, conf).front().response[2] ==
          R"(Stop REGION; all of it: stop ACCOUNT 'REGION' {"a":1})");
}

TEST_CASE("response: names that attackers choose cannot leave their word of the command") {
    const std::vector<std::string> names = {"a'; touch y; '", "a`touch y`", "a$(touch y)",
                                            "a\ntouch y",     "-a",         "a\"; touch y; \""};
    for (const std::string& name : names) {
        CAPTURE(name);
        StoryEvent event = use("SendEmail", 0);
        event.arn = "arn:aws:iam::111122223333:user/" + name;
        event.key = "AKIA'" + name;
        event.region = name;
        const Steps steps = commands({event});
        REQUIRE(steps.size() == 2);  // a key like this is not a key
        std::string word = "'";
        for (const char c : name) word += c == '\'' ? R"('\'')" : std::string(1, c);
        if (name.contains('\n') || name.starts_with('-')) word = "USER_NAM";
        word += name.contains('\n') || name.starts_with('-') ? "E" : "'";
        CHECK(steps[0] == "aws iam put-user-policy --user-name " + word +
                              " --policy-name CloudhijackQuarantine");
        CHECK(steps[1] == pause_in("REGION"));
    }
}

TEST_CASE("response: a name that several sources share denies each of them") {
    const auto rows = hunt({by_role(use("CreateInference", 0))});
    CHECK(rows.front().response[1].contains(
        R"("Action":["aws-external-anthropic:*","bedrock-mantle:*"])"));
}
