#include "detect/hunt/campaign/member_names.hpp"

#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"
#include "detect/hunt/hunt_rows.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

// Two members, the second of which evades.
std::string first_reason(const Caller& maker, const Caller& child, std::string_view conf = {},
                         const Usual& usual = {}) {
    const std::string name = child.name.substr(child.name.rfind('/') + 1);
    const Story story = {maker.makes(name, 0),
                         child.calls("DeleteModelInvocationLoggingConfiguration", 60)};
    const auto findings = hunt(story, conf, usual);
    REQUIRE(findings.size() == 1);
    REQUIRE(findings.front().evidence.front() == "evade");
    return findings.front().reasons.front();
}

}  // namespace

TEST_CASE("campaign: at most three names are listed") {
    CHECK(joined_names({}).empty());
    CHECK(joined_names(numbered_names("m", 1)) == "m1");
    CHECK(joined_names(numbered_names("m", 2)) == "m1 and m2");
    CHECK(joined_names(numbered_names("m", 3)) == "m1, m2 and m3");
    CHECK(joined_names(numbered_names("m", 4)) == "m1, m2, m3 and 1 more");
    CHECK(joined_names(numbered_names("m", 40)) == "m1, m2, m3 and 37 more");
}

TEST_CASE("campaign: a reason begins with the members whose calls are the evidence") {
    CHECK(first_reason(k_eve, k_mailer).starts_with("mailer: Disabled logging"));
    Story story = {k_eve.makes("mailer", 0), k_mailer.calls("DeleteGuardrail", 60)};
    CHECK(reason("evade", story).starts_with("mailer: "));
    story.push_back(k_eve.calls("DeleteGuardrail", 90));
    CHECK(reason("evade", story).starts_with("eve and mailer: "));
    // A principal that acts alone is not named, and markers name nobody.
    CHECK(reason("evade", {story[1]}).starts_with("Disabled logging"));
    story[1].agent = "pacu";
    CHECK_FALSE(reason("tool_agent", story).contains("mailer"));
    // made_then_used names both in its own words.
    CHECK(reason("made_then_used", {k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60)})
              .starts_with("mailer was set up by eve"));
}

TEST_CASE("campaign: forty members in a reason are three names and a number") {
    Story story;
    for (const std::string& name : numbered_names("m", 40)) {
        story.push_back(k_eve.makes(name, 0));
        story.push_back(Caller{.name = "user/" + name}.calls("DeleteGuardrail", 60));
    }
    CHECK(reason("evade", story).starts_with("m1, m10, m11 and 37 more: "));
}

TEST_CASE("campaign: members have the shortest names that distinguish them") {
    const Caller with_path{.name = "user/ops/mailer", .address = k_afar};
    CHECK(first_reason(k_eve, with_path).starts_with("mailer: "));
    // A role of the same name.
    const Caller role{.name = "role/mailer", .address = k_abroad};
    CHECK(first_reason(role, k_mailer).starts_with("user/mailer: "));
    // A role in another account.
    const Caller app{.name = "role/app", .address = k_office};
    Caller elsewhere = app;
    elsewhere.account = "444455556666";
    const Story story = {elsewhere.assumes("app", 0, "111122223333"),
                         app.calls("DeleteModelInvocationLoggingConfiguration", 60)};
    const auto findings = hunt(story, k_with_role_sessions, with_habits({}));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().reasons.front().starts_with("app@111122223333: "));
    CHECK(findings.front().links ==
          List{"2026-03-02T10:00:00Z app@444455556666 assumed app@111122223333 by AssumeRole"});
}

TEST_CASE("campaign: members have their whole names if nothing shorter distinguishes them") {
    // One user acts in an account that is not its own, and another user of that name is at home
    // there.
    const std::string own = "arn:aws:iam::111122223333:user/x";
    const std::string foreign = "arn:aws:iam::444455556666:user/x";
    const auto acts = [](const std::string& arn, const std::string& call, std::int64_t second) {
        StoryEvent event = k_eve.calls(call, second);
        event.arn = arn;
        return event;
    };
    const auto findings = hunt({acts(own, "GetSendQuota", 0), acts(foreign, "DeleteGuardrail", 60)},
                               {}, with_habits({}));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().links ==
          List{"2026-03-02T10:00:00Z " + own + " and " + foreign + " called from 198.51.100.1"});
}

TEST_CASE("campaign: the root user is named root") {
    StoryEvent root = k_eve.makes("mailer", 0);
    root.type = "Root";
    root.arn = "arn:aws:iam::111122223333:root";
    const auto findings = hunt({root, k_mailer.calls("SendEmail", 60)});
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().links == List{"2026-03-02T10:00:00Z root made mailer by CreateUser"});
    CHECK(findings.front().reasons.front().starts_with("mailer was set up by root at"));
}

TEST_CASE("campaign: a row's message counts the principals that are linked to its own") {
    const auto message = [](int count) {
        Story story;
        for (const std::string& name : numbered_names("m", count)) {
            story.push_back(k_eve.makes(name, 0));
            story.push_back(Caller{.name = "user/" + name}.calls("GetSendQuota", 60));
        }
        return column(hunt(story).front(), "risk_message").front();
    };
    CHECK(message(1).starts_with(k_eve.arn() + " and 1 linked principal behave like hijackers of "
                                               "cloud services: m1 was set up by eve"));
    CHECK(
        message(40).starts_with(k_eve.arn() + " and 40 linked principals behave like hijackers "));
}
