#include <doctest/doctest.h>

#include <utility>

#include "detect/hunt/story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const StoryEvent k_made = call("CreateEmailIdentity", R"({"emailIdentity":"x@example.com"})");

StoryEvent removed(std::int64_t second, std::string identity = "x@example.com",
                   std::string error = {}) {
    return call("DeleteEmailIdentity", R"({"emailIdentity":")" + identity + "\"}", second,
                std::move(error));
}

}  // namespace

TEST_CASE("evade: logging that shows the use is switched off; a guardrail scores less") {
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

TEST_CASE("evade: a match with a score of 0 still has a time") {
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
    StoryEvent failed = k_made;
    failed.error = "AccessDenied";
    CHECK(score("cleanup", {failed, removed(60)}) == 0);
    CHECK(score("cleanup",
                {k_made, call("DeleteIdentity", R"({"identity":"x@example.com"})", 840)}) == 30);
    CHECK(reason("cleanup", {k_made, removed(840)}) ==
          "Made x@example.com at 2026-03-02T10:00:00Z and removed it 14 min later with "
          "DeleteEmailIdentity (+30)");
}

TEST_CASE("cleanup: of more identities than are kept, the kept ones have all their calls") {
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

TEST_CASE("evade: a log that is on again within 10 min was replaced, not switched off") {
    const StoryEvent off = call("DeleteModelInvocationLoggingConfiguration");
    const auto on = [](std::int64_t second, std::string text = "true") {
        return call("PutModelInvocationLoggingConfiguration",
                    R"({"loggingConfig":{"textDataDeliveryEnabled":)" + text + "}}", second);
    };
    CHECK(score("evade", {off, on(0)}) == 10);
    CHECK(score("evade", {off, on(600)}) == 10);
    CHECK(score("evade", {off, on(601)}) == 40);
    CHECK(score("evade", {off, on(-1)}) == 40);
    CHECK(score("evade", {off, on(60, "false")}) == 40);
    StoryEvent elsewhere = on(60);
    elsewhere.region = "eu-west-1";
    CHECK(score("evade", {off, elsewhere}) == 40);
    StoryEvent failed = on(60);
    failed.error = "AccessDenied";
    CHECK(score("evade", {off, failed}) == 40);
    StoryEvent feedback =
        call("SetIdentityFeedbackForwardingEnabled", R"({"forwardingEnabled":false})");
    CHECK(score("evade", {feedback, on(60)}) == 40);  // no call restores it
    CHECK(score("evade", {off, call("StartLogging", R"({"name":"main"})", 60)}) == 40);
    CHECK(reason("evade", {off, on(60)}) ==
          "Disabled logging, a guardrail or feedback: "
          "DeleteModelInvocationLoggingConfiguration at 2026-03-02T10:00:00Z (us-east-1), and "
          "restored soon after (+10)");
}

TEST_CASE("hiding: activity that the principal performs regularly is routine") {
    const Usual ses = with_habits({{.service = "ses", .phases = {"enable", "cleanup"}}});
    CHECK(score("cleanup", {k_made, removed(60)}, {}, ses) == 10);
    CHECK(score("cleanup", {k_made, removed(60)}, {},
                with_habits({{.service = "ses", .phases = {"enable"}}})) == 30);
    CHECK(score("evade", {call("DeleteModelInvocationLoggingConfiguration")}, {},
                with_habits({{.service = "bedrock", .phases = {"evade"}}})) == 15);
    CHECK(score("evade", {call("DeleteGuardrail")}, {},
                with_habits({{.service = "bedrock", .phases = {"evade"}}})) == 10);
    CHECK(score("trail_tampering", {call("StopLogging", R"({"name":"main"})")}, {},
                with_habits({{.phases = {"tamper"}}})) == 15);
}

TEST_CASE("trail_tampering: the account's logging is stopped or narrowed") {
    for (const char* name :
         {"StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteEventDataStore",
          "StopEventDataStoreIngestion", "LeaveOrganization"}) {
        CHECK_MESSAGE(score("trail_tampering", {call(name)}) == 40, name);
        CHECK(score("trail_tampering", {call(name, "{}", 0, "AccessDenied")}) == 0);
    }
    CHECK(
        reason("trail_tampering",
               {call("StopLogging", R"({"name":"arn:aws:cloudtrail:us-east-1:1:trail/main"})")}) ==
        "StopLogging on \"main\" (us-east-1) at 2026-03-02T10:00:00Z: nothing is recorded in it "
        "after this (+40)");
}

TEST_CASE("trail_tampering: log groups of watched services") {
    const auto deleted = [](const std::string& group) {
        return score("trail_tampering",
                     {call("DeleteLogGroup", R"({"logGroupName":")" + group + "\"}")});
    };
    CHECK(deleted("/aws/bedrock/invocations") == 40);
    CHECK(deleted("aws-CloudTrail-logs-1") == 40);
    CHECK(deleted("/aws/ses") == 40);
    CHECK(deleted("sns/us-east-1/DirectPublishToPhoneNumber") == 40);
    CHECK(deleted("/aws/lambda/sessions") == 0);
    CHECK(deleted("/aws/lambda/responses") == 0);
    CHECK(deleted("") == 0);
}

TEST_CASE("trail_tampering: of several log groups in one second, each counts") {
    for (const auto& [first, second] :
         {std::pair("/aws/bedrock/x", "ci-tmp"), std::pair("ci-tmp", "/aws/bedrock/x"),
          std::pair("a", "/aws/ses"), std::pair("/aws/sns", "b")}) {
        const auto deleted = [](const std::string& group) {
            return call("DeleteLogGroup", R"({"logGroupName":")" + group + "\"}");
        };
        CHECK(score("trail_tampering", {deleted(first), deleted(second)}) == 40);
    }
}

TEST_CASE("trail_tampering: a trail that is replaced by another one") {
    const StoryEvent stopped = call("DeleteTrail", R"({"name":"old"})", 3600);
    const auto made = [](const std::string& trail, std::int64_t second, std::string error = {}) {
        return call("CreateTrail", R"({"name":")" + trail + "\"}", second, std::move(error));
    };
    CHECK(score("trail_tampering", {stopped, made("new", 0)}) == 15);
    CHECK(score("trail_tampering", {stopped, made("new", 7200)}) == 15);
    CHECK(score("trail_tampering", {stopped, made("new", 7201)}) == 40);
    CHECK(score("trail_tampering", {stopped, made("new", -1)}) == 40);
    CHECK(score("trail_tampering", {stopped, made("old", 3600)}) == 40);
    CHECK(score("trail_tampering", {stopped, made("new", 3600, "AccessDenied")}) == 40);
    CHECK(score("trail_tampering", {stopped, call("StartLogging", R"({"name":"new"})", 3600)}) ==
          15);
    CHECK(score("trail_tampering", {call("LeaveOrganization", "{}", 3600), made("new", 3600)}) ==
          40);
}

TEST_CASE("trail_tampering: event selectors changed by a role from a known source score less") {
    StoryEvent narrowed = call("PutEventSelectors", R"({"trailName":"main"})");
    narrowed.type = "AssumedRole";
    narrowed.issuer = "arn:aws:iam::111122223333:role/terraform";
    const auto scored = [](const StoryEvent& story_event) {
        return score("trail_tampering", {story_event}, {}, with_habits({}));
    };
    CHECK(scored(narrowed) == 40);  // a stranger's network
    narrowed.address = "203.0.113.9";
    CHECK(scored(narrowed) == 15);
    CHECK(score("trail_tampering", {narrowed}) == 40);  // without a baseline no source is known
    narrowed.address = "10.0.0.1";
    CHECK(score("trail_tampering", {narrowed}) == 15);  // except this one
    StoryEvent user = narrowed;
    user.type = "IAMUser";
    user.issuer = "";
    CHECK(scored(user) == 40);
    StoryEvent stopped = narrowed;
    stopped.call = "StopLogging";
    CHECK(scored(stopped) == 40);
}
