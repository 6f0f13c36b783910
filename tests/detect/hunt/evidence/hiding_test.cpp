#include <doctest/doctest.h>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Told k_made = call("CreateEmailIdentity", R"({"emailIdentity":"x@example.com"})");

Told removed(std::int64_t second, std::string identity = "x@example.com", std::string error = {}) {
    return call("DeleteEmailIdentity", R"({"emailIdentity":")" + identity + "\"}", second,
                std::move(error));
}

}  // namespace

TEST_CASE("evade: what shows the use is switched off, a guardrail weighs less") {
    CHECK(score("evade", {call("DeleteModelInvocationLoggingConfiguration")}) == 40);
    CHECK(score("evade", {call("DeleteGuardrail")}) == 10);
    CHECK(score("evade", {call("UpdateGuardrail"),
                          call("DeleteModelInvocationLoggingConfiguration")}) == 40);
    CHECK(score("evade", {call("DeleteGuardrail", "{}", 0, "AccessDenied")}) == 0);
    CHECK(score("evade", {call("PutModelInvocationLoggingConfiguration",
                               R"({"loggingConfig":{"textDataDeliveryEnabled":false}})")}) == 40);
    CHECK(score("evade", {call("PutModelInvocationLoggingConfiguration",
                               R"({"loggingConfig":{"textDataDeliveryEnabled":true}})")}) == 0);
    CHECK(score("evade", {call("DeleteGuardrail")},
                "[evidence:evade]\nguardrail_calls =\nscore = 7\n") == 7);
}

TEST_CASE("evade: a score of 0 has a time all the same") {
    const auto findings =
        hunt({call("DeleteGuardrail", "{}", 5)}, "[evidence:evade]\nguardrail_score = 0\n");
    CHECK(findings.front().first_evidence == 1'772'445'605);
}

TEST_CASE("cleanup: the same identity is made and removed within 30 min") {
    CHECK(score("cleanup", {k_made, removed(0)}) == 30);
    CHECK(score("cleanup", {k_made, removed(1800)}) == 30);
    CHECK(score("cleanup", {k_made, removed(1801)}) == 0);
    CHECK(score("cleanup", {k_made, removed(-1)}) == 0);
    CHECK(score("cleanup", {k_made, removed(60, "X@example.com")}) == 0);
    CHECK(score("cleanup", {k_made, removed(60, "x@example.com", "AccessDenied")}) == 0);
    Told failed = k_made;
    failed.error = "AccessDenied";
    CHECK(score("cleanup", {failed, removed(60)}) == 0);
    CHECK(score("cleanup",
                {k_made, call("DeleteIdentity", R"({"identity":"x@example.com"})", 840)}) == 30);
    CHECK(reason("cleanup", {k_made, removed(840)}) ==
          "Made x@example.com at 2026-03-02T10:00:00Z and removed it 14 min later with "
          "DeleteEmailIdentity (+30)");
}

TEST_CASE("cleanup: of more identities than are kept, those that are kept have all their calls") {
    Story story;
    for (int i = 0; i < 1500; ++i) {
        const std::string identity = std::to_string(i) + "@example.com";
        story.push_back(call("CreateEmailIdentity", R"({"emailIdentity":")" + identity + "\"}", i));
        story.push_back(removed(i + 60, identity));
    }
    const auto findings = hunt(story);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().subjects_are_cut);
    CHECK(score("cleanup", story) == 30);
}
