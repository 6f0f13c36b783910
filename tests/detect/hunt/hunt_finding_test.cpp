#include "detect/hunt/hunt_finding.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/story.hpp"
#include "detect/hunt/timeline.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::detect;
using List = std::vector<std::string>;

namespace {

std::vector<detect::HuntFinding> with_min_risk(const Story& story, std::uint64_t min_risk) {
    const auto setup = setup_with();
    const StoryEvents story_events(story);
    detect::HuntActivity activity(setup.catalogue);
    for (const auto& event : story_events.events()) activity.add(event);
    auto rules = setup.default_config().hunt;
    rules.min_risk = min_risk;
    return activity.findings(rules).rows;
}

StoryEvent call(std::int64_t second, std::string name, std::string error = {}) {
    return {.time = clock(second), .call = std::move(name), .error = std::move(error)};
}

const Story k_onboarding = {call(0, "GetFoundationModelAvailability"),
                            call(1, "ListFoundationModelAgreementOffers"),
                            call(2, "CreateFoundationModelAgreement"), call(94, "InvokeModel")};

}  // namespace

TEST_CASE("finding: severity by Enterprise Security's bands") {
    CHECK(detect::severity_of(0) == "informational");
    CHECK(detect::severity_of(20) == "informational");
    CHECK(detect::severity_of(21) == "low");
    CHECK(detect::severity_of(40) == "low");
    CHECK(detect::severity_of(41) == "medium");
    CHECK(detect::severity_of(60) == "medium");
    CHECK(detect::severity_of(61) == "high");
    CHECK(detect::severity_of(80) == "high");
    CHECK(detect::severity_of(81) == "critical");
}

TEST_CASE("finding: within one group only the highest score counts, and the reasons show it") {
    const auto finding = hunt(k_onboarding).front();
    CHECK(finding.evidence == List{"enable_then_use", "recon_then_use"});
    CHECK(finding.risk_score == 45);
    CHECK(finding.reasons[0].ends_with("(+45)"));
    CHECK_FALSE(finding.reasons[1].contains("(+"));
    CHECK(finding.first_evidence == 1'772'445'600);
}

TEST_CASE("finding: groups add up to 100 at most") {
    Story story = k_onboarding;
    story.push_back(call(100, "DeleteModelInvocationLoggingConfiguration"));
    CHECK(hunt(story).front().risk_score == 85);
    CHECK(hunt(story).front().severity == "critical");
    story = story + repeated({.call = "InvokeModel"}, 200, 600);
    CHECK(hunt(story).front().risk_score == 100);
}

TEST_CASE("finding: markers raise the score of a row, but do not make one") {
    StoryEvent noisy = call(0, "DeleteGuardrail");  // 10
    noisy.key = "AKIA1";
    noisy.agent = "pacu";
    CHECK(with_min_risk({noisy}, 11).empty());
    REQUIRE(with_min_risk({noisy}, 10).size() == 1);
    CHECK(with_min_risk({noisy}, 10).front().risk_score == 30);
    CHECK(with_min_risk({call(0, "ListGuardrails")}, 0).size() == 1);
    CHECK(with_min_risk({call(0, "ListGuardrails")}, 1).empty());
    CHECK(with_min_risk({}, 0).empty());
}

TEST_CASE("finding: counts, services and phases in order of first occurrence") {
    Story story = {call(5, "InvokeModel", "AccessDenied"), call(0, "GetSendQuota"),
                   call(9, "InvokeModel"), call(9, "CreateUser")};
    StoryEvent mail = call(7, "SendEmail");
    mail.parameters = R"({"destination":{"toAddresses":["a","b"]}})";
    story.push_back(mail);
    const auto finding = hunt(story).front();
    CHECK(finding.services == List{"AWS Bedrock", "AWS SES", "AWS account"});
    CHECK(finding.phases == List{"recon", "use", "credential"});
    CHECK(finding.use_count == 2);
    CHECK(finding.message_count == 3);
    CHECK(finding.failed_count == 1);
    CHECK(finding.peak_per_hour == 2);
    CHECK(finding.first_event == 1'772'445'600);
    CHECK(finding.last_event == 1'772'445'609);
}

TEST_CASE("finding: the peak is the busiest 60 minutes of one service, across full hours") {
    const Story story = repeated({.call = "InvokeModel"}, 3000, 20, 60) +
                        repeated({.call = "Publish"}, 3000, 5, 60);
    CHECK(hunt(story).front().peak_per_hour == 20);
}

TEST_CASE("finding: the timeline retraces the attack, and the event ids lead to its events") {
    Story story = k_onboarding + repeated({.call = "InvokeModel"}, 100, 3);
    story.push_back(call(500, "GetSendQuota"));
    story[0].region = "";
    story[1].address = "AWS Internal";
    const auto finding = hunt(story).front();
    CHECK(finding.timeline ==
          List{"2026-03-02T10:00:00Z recon GetFoundationModelAvailability - 198.51.100.1 ok",
               "2026-03-02T10:00:01Z recon ListFoundationModelAgreementOffers us-east-1 - ok",
               "2026-03-02T10:00:02Z enable CreateFoundationModelAgreement us-east-1 198.51.100.1 "
               "ok",
               "2026-03-02T10:01:34Z use InvokeModel us-east-1 198.51.100.1 ok",
               "2026-03-02T10:01:42Z use InvokeModel us-east-1 198.51.100.1 ok",
               "2026-03-02T10:08:20Z recon GetSendQuota us-east-1 198.51.100.1 ok"});
    CHECK(finding.event_ids ==
          List{"00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001",
               "00000000-0000-4000-8000-000000000002", "00000000-0000-4000-8000-000000000003",
               "00000000-0000-4000-8000-000000000006"});
}

TEST_CASE("finding: the timeline of a long story keeps the evidence") {
    Story story;
    for (const auto name : {"ListGuardrails",
                            "GetSendQuota",
                            "GetAccount",
                            "ListIdentities",
                            "GetSendStatistics",
                            "GetEmailIdentity",
                            "GetSMSAttributes",
                            "ListOriginationNumbers",
                            "ListFoundationModels",
                            "GetFoundationModel",
                            "ListInferenceProfiles",
                            "ListEmailIdentities",
                            "GetAccountSendingEnabled",
                            "GetUseCaseForModelAccess",
                            "ListSMSSandboxPhoneNumbers",
                            "GetSMSSandboxAccountStatus",
                            "ListPhoneNumbersOptedOut",
                            "SetSMSAttributes",
                            "VerifyDomainDkim",
                            "CreateCase",
                            "CreateUser",
                            "GetFoundationModelAvailability"}) {
        story.push_back(call(static_cast<std::int64_t>(story.size()) * 10, name));
        story.push_back(call(static_cast<std::int64_t>(story.size()) * 10, name));
    }
    story.push_back(call(90'000, "DeleteModelInvocationLoggingConfiguration"));
    const auto finding = hunt(story).front();
    REQUIRE(finding.evidence.front() == "evade");
    CHECK(finding.timeline.size() == detect::k_most_shown_events);
    CHECK(std::ranges::is_sorted(finding.timeline));
    CHECK(finding.timeline.back().contains("evade DeleteModelInvocationLoggingConfiguration"));
}

TEST_CASE("finding: rows by risk, then by first event, account and principal") {
    const auto of = [](std::int64_t second, std::string account, std::string user) {
        StoryEvent story_event = call(second, "DeleteModelInvocationLoggingConfiguration");
        story_event.account = std::move(account);
        story_event.arn = "arn:aws:iam::1:user/" + user;
        return story_event;
    };
    const auto findings = hunt({of(1, "1", "d"), of(0, "2", "c"), of(0, "1", "b"), of(0, "1", "a"),
                                call(50, "ListGuardrails")});
    REQUIRE(findings.size() == 5);
    CHECK(findings[0].principal.name.ends_with("/a"));
    CHECK(findings[1].principal.name.ends_with("/b"));
    CHECK(findings[2].principal.name.ends_with("/c"));
    CHECK(findings[3].principal.name.ends_with("/d"));
    CHECK(findings[4].principal.name.ends_with("/eve"));
}
