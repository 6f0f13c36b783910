#include "detect/hunt/timeline.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

List timeline(const Story& story, std::string_view conf = {}, const Usual& usual = {}) {
    const auto findings = hunt(story, conf, usual);
    REQUIRE(findings.size() == 1);
    CHECK(std::ranges::is_sorted(findings.front().timeline, {},
                                 [](const std::string& line) { return line.substr(0, 20); }));
    return findings.front().timeline;
}

}  // namespace

TEST_CASE("timeline: in a campaign each line names the member") {
    CHECK(timeline({k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60),
                    k_mailer.calls("SendEmail", 90)}) ==
          List{"2026-03-02T10:00:00Z eve credential CreateUser us-east-1 198.51.100.1 ok",
               "2026-03-02T10:01:00Z mailer use SendEmail us-east-1 192.0.2.1 ok",
               "2026-03-02T10:01:30Z mailer use SendEmail us-east-1 192.0.2.1 ok"});
}

TEST_CASE("timeline: calls that several members made show the first and the last of all") {
    const Caller amy{.name = "user/amy", .address = k_afar};
    const Story story = {k_eve.makes("mailer", 0),         k_eve.makes("amy", 1),
                         k_mailer.calls("SendEmail", 60),  amy.calls("SendEmail", 50),
                         k_mailer.calls("SendEmail", 100), amy.calls("SendEmail", 90)};
    CHECK(timeline(story) ==
          List{"2026-03-02T10:00:00Z eve credential CreateUser us-east-1 198.51.100.1 ok",
               "2026-03-02T10:00:01Z eve credential CreateUser us-east-1 198.51.100.1 ok",
               "2026-03-02T10:00:50Z amy and 1 more use SendEmail us-east-1 192.0.2.1 ok",
               "2026-03-02T10:01:40Z mailer use SendEmail us-east-1 192.0.2.1 ok"});
    Story one_denied = story;
    one_denied[3].error = one_denied[5].error = "AccessDenied";
    CHECK(timeline(one_denied)[2] ==
          "2026-03-02T10:00:50Z amy use SendEmail us-east-1 192.0.2.1 denied");
}

TEST_CASE("timeline: of equal events the first member's is shown") {
    const Caller amy{.name = "user/amy", .address = k_afar};
    StoryEvent by_amy = amy.calls("SendEmail", 60);
    StoryEvent by_mailer = k_mailer.calls("SendEmail", 60);
    by_amy.id = by_mailer.id = "00000000-0000-4000-8000-0000000000ff";
    CHECK(timeline({k_eve.makes("mailer", 0), k_eve.makes("amy", 0), by_mailer, by_amy}).back() ==
          "2026-03-02T10:01:00Z amy and 1 more use SendEmail us-east-1 192.0.2.1 ok");
}

TEST_CASE("timeline: a campaign has ten lines, and first calls in a phase precede second ones") {
    Story story = {k_eve.makes("mailer", 0)};
    std::int64_t second = 10;
    for (const char* call :
         {"GetSendQuota", "GetSendStatistics", "GetAccount", "GetAccountSendingEnabled",
          "ListIdentities", "ListEmailIdentities", "GetIdentityVerificationAttributes",
          "GetEmailIdentity", "ListVerifiedEmailAddresses", "ListTenants"}) {
        story.push_back(k_eve.calls(call, second++));
    }
    story.push_back(k_mailer.calls("ListFoundationModels", 5000));
    story.push_back(k_mailer.calls("CreateFoundationModelAgreement", 50'000));
    story.push_back(k_eve.calls("VerifyEmailIdentity", 90'000));
    const List lines = timeline(story, "[evidence:made_then_used]\ndisabled = true\n");
    REQUIRE(lines.size() == k_most_campaign_lines);
    CHECK(lines[0].contains("eve credential CreateUser"));
    CHECK(lines[1].contains("eve recon GetSendQuota"));
    CHECK(lines[6].contains("eve recon ListEmailIdentities"));
    CHECK(lines[7].contains("mailer recon ListFoundationModels"));
    CHECK(lines[8].contains("mailer enable CreateFoundationModelAgreement"));
    CHECK(lines[9].contains("eve enable VerifyEmailIdentity"));
}

TEST_CASE("timeline: events that are evidence take precedence over all others") {
    Story story = {k_eve.makes("mailer", 0)};
    std::int64_t second = 10;
    for (const char* call : {"ListGuardrails", "GetSendQuota", "ListFoundationModels", "GetAccount",
                             "GetSMSAttributes", "CreateRelay", "VerifyEmailIdentity", "Publish",
                             "DeleteIdentity", "Subscribe"}) {
        story.push_back(k_eve.calls(call, second++, R"({"protocol":"sms"})"));
        story.push_back(k_mailer.calls(call, second++ + 100'000, R"({"protocol":"sms"})"));
    }
    story.push_back(k_mailer.calls("DeleteTrail", 900'000, R"({"name":"t"})"));
    const auto findings = hunt(story);
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().timeline.size() == k_most_campaign_lines);
    CHECK(findings.front().timeline.back().contains("mailer tamper DeleteTrail"));
    CHECK(findings.front().timeline.front().contains("eve credential CreateUser"));
}

TEST_CASE("timeline: recon and use by one member do not crowd out the calls that prepared them") {
    Story story = {k_eve.makes("mailer", 0),
                   k_eve.makes("mailer", 1, "CreateAccessKey"),
                   k_eve.makes("mailer", 2, "CreateLoginProfile"),
                   k_eve.makes("mailer", 3, "CreateServiceSpecificCredential"),
                   k_eve.calls("VerifyEmailIdentity", 4),
                   k_eve.calls("VerifyDomainDkim", 5)};
    std::int64_t second = -90;
    for (const char* call : {"GetSendQuota", "GetSendStatistics", "GetAccount", "ListIdentities",
                             "ListEmailIdentities", "GetEmailIdentity", "ListTenants"}) {
        story.push_back(k_eve.calls(call, second++));
    }
    story.push_back(k_mailer.calls("ListGuardrails", 90'000));
    const List lines = timeline(story, "[evidence:made_then_used]\ndisabled = true\n");
    REQUIRE(lines.size() == k_most_campaign_lines);
    CHECK(lines[2].contains("eve recon GetAccount"));
    CHECK(lines[3].contains("eve credential CreateUser"));
    CHECK(lines[8].contains("eve enable VerifyDomainDkim"));
    CHECK(lines[9].contains("mailer recon ListGuardrails"));
}

TEST_CASE("timeline: only a row of a campaign reports that its timeline is cut") {
    Story story = {k_eve.makes("mailer", 0), k_mailer.calls("GetSendQuota", 900)};
    for (const char* call : {"GetSendQuota", "GetSendStatistics", "GetAccount", "ListIdentities",
                             "ListEmailIdentities", "GetEmailIdentity", "ListTenants"}) {
        story.push_back(k_eve.calls(call, 60));
    }
    // Nine lines, as GetSendQuota has a last event as well.
    CHECK(timeline(story).size() == 9);
    story.push_back(k_eve.calls("VerifyEmailIdentity", 61));
    CHECK(column(hunt(story).front(), "Truncated").empty());
    story.push_back(k_eve.calls("VerifyDomainDkim", 62));
    CHECK(column(hunt(story).front(), "Truncated") == List{"Timeline"});
    Story alone = story;  // more than a single principal's row shows
    alone.erase(alone.begin(), alone.begin() + 2);
    for (const char* call : {"GetSMSAttributes", "ListOriginationNumbers", "ListGuardrails",
                             "ListFoundationModels", "SendEmail", "Publish"}) {
        alone.push_back(k_eve.calls(call, 70));
    }
    for (const StoryEvent& story_event : Story(alone)) {
        alone.push_back(story_event);
        alone.back().time = clock(7000);
    }
    REQUIRE(timeline(alone).size() == k_most_shown_events);
    CHECK(column(hunt(alone).front(), "Truncated").empty());
}

TEST_CASE("timeline: the event ids of a campaign are evidence against any member") {
    const auto findings = hunt({k_eve.makes("mailer", 0), k_mailer.calls("ListGuardrails", 30),
                                k_mailer.calls("DeleteTrail", 60, R"({"name":"t"})")},
                               "[evidence:made_then_used]\ndisabled = true\n");
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().event_ids == List{"00000000-0000-4000-8000-000000000002"});
}

TEST_CASE("timeline: a dash replaces a missing address or region") {
    StoryEvent made = k_eve.makes("mailer", 0);
    made.region = "";
    StoryEvent mail = k_mailer.calls("SendEmail", 60);
    mail.address = "AWS Internal";
    CHECK(timeline({made, mail}) ==
          List{"2026-03-02T10:00:00Z eve credential CreateUser - 198.51.100.1 ok",
               "2026-03-02T10:01:00Z mailer use SendEmail us-east-1 - ok"});
}
