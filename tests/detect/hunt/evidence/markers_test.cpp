#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Told k_call{.time = "10:00:00", .call = "GetSendQuota"};

Told with(std::string Told::* field, std::string value) {
    Told told = k_call;
    told.*field = std::move(value);
    return told;
}

}  // namespace

TEST_CASE("tool_agent: the agent of a known attack tool, whatever its version and case") {
    CHECK(score("tool_agent", {k_call}) == 0);
    CHECK(score("tool_agent", {with(&Told::agent, "stratus-red-team_1234")}) == 15);
    CHECK(score("tool_agent", {with(&Told::agent, "Boto3/1.2 Pacu/1.0")}) == 15);
    CHECK(score("tool_agent", {with(&Told::agent, "aws-cli/2 Linux/6.1.0-kali5-amd64")}) == 15);
    CHECK(score("tool_agent", {with(&Told::agent, "alkaline/1")}) == 0);
    CHECK(score("tool_agent", {with(&Told::agent, "mine/1")},
                "[evidence:tool_agent]\npattern = ^mine\n") == 15);
}

TEST_CASE("bearer_key and long_term_key: any call of the principal") {
    CHECK(score("bearer_key", {k_call}) == 0);
    CHECK(score("bearer_key", {k_call, with(&Told::bearer, "true")}) == 5);
    CHECK(score("bearer_key", {with(&Told::bearer, "false")}) == 0);
    CHECK(score("long_term_key", {k_call}) == 0);
    CHECK(score("long_term_key", {k_call, with(&Told::key, "AKIA1")}) == 5);
}

TEST_CASE("suspicious_name: by the option's pattern") {
    CHECK(score("suspicious_name", {k_call}) == 0);
    CHECK(score("suspicious_name", {with(&Told::arn, "arn:aws:iam::1:user/tmp-1")}) == 5);
    CHECK(score("suspicious_name", {k_call}, "[defaults]\nsuspicious_names = eve$\n") == 5);
}

TEST_CASE("markers: all count") {
    Told loud = k_call;
    loud.key = "AKIA1";
    loud.agent = "pacu";
    loud.bearer = "true";
    const auto findings = hunt({loud});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].risk_score == 25);
    CHECK(findings[0].evidence ==
          std::vector<std::string>{"tool_agent", "bearer_key", "long_term_key"});
}
