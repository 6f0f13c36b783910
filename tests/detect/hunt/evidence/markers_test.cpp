#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const StoryEvent k_call{.time = "10:00:00", .call = "GetSendQuota"};

StoryEvent with(std::string StoryEvent::* field, std::string value) {
    StoryEvent event = k_call;
    event.*field = std::move(value);
    return event;
}

}  // namespace

TEST_CASE("tool_agent: the agent of a known attack tool, whatever its version and case") {
    CHECK(score("tool_agent", {k_call}) == 0);
    CHECK(score("tool_agent", {with(&StoryEvent::agent, "stratus-red-team_1234")}) == 15);
    CHECK(score("tool_agent", {with(&StoryEvent::agent, "Boto3/1.2 Pacu/1.0")}) == 15);
    CHECK(score("tool_agent", {with(&StoryEvent::agent, "aws-cli/2 Linux/6.1.0-kali5-amd64")}) ==
          15);
    CHECK(score("tool_agent", {with(&StoryEvent::agent, "alkaline/1")}) == 0);
    CHECK(score("tool_agent", {with(&StoryEvent::agent, "mine/1")},
                "[evidence:tool_agent]\npattern = ^mine\n") == 15);
}

TEST_CASE("bearer_key and long_term_key: any call of the principal") {
    CHECK(score("bearer_key", {k_call}) == 0);
    CHECK(score("bearer_key", {k_call, with(&StoryEvent::bearer, "true")}) == 5);
    CHECK(score("bearer_key", {with(&StoryEvent::bearer, "false")}) == 0);
    CHECK(score("long_term_key", {k_call}) == 0);
    CHECK(score("long_term_key", {k_call, with(&StoryEvent::key, "AKIA1")}) == 5);
}

TEST_CASE("suspicious_name: the pattern is the option's") {
    CHECK(score("suspicious_name", {k_call}) == 0);
    CHECK(score("suspicious_name", {with(&StoryEvent::arn, "arn:aws:iam::1:user/tmp-1")}) == 5);
    CHECK(score("suspicious_name", {k_call}, "[defaults]\nsuspicious_names = eve$\n") == 5);
}

TEST_CASE("markers: all of them count") {
    StoryEvent noisy = k_call;
    noisy.key = "AKIA1";
    noisy.agent = "pacu";
    noisy.bearer = "true";
    const auto findings = hunt({noisy});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].risk_score == 25);
    CHECK(findings[0].evidence ==
          std::vector<std::string>{"tool_agent", "bearer_key", "long_term_key"});
}
