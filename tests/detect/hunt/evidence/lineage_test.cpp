#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr std::int64_t k_seconds_of_week = 7 * 86'400;
constexpr std::int64_t k_half_day = 12 * 3600;

// eve and mailer call from strangers' networks, these two do not.
const Caller k_eve_at_work = k_eve.from(k_office);
const Caller k_mailer_at_work = k_mailer.from(k_office);
const Caller k_app{.name = "role/app", .address = k_afar};

std::uint64_t scored(const Story& story, const Usual& usual = with_habits({})) {
    return score("made_then_used", story, k_with_role_sessions, usual);
}

std::string reason_of(const Story& story, const Usual& usual = with_habits({})) {
    return reason("made_then_used", story, k_with_role_sessions, usual);
}

std::uint64_t made_and_used(const Caller& maker, const Caller& child, std::int64_t later = 60) {
    return scored({maker.makes("mailer", 0), child.calls("SendEmail", later)});
}

std::uint64_t assumed_and_used(const Caller& parent, const Caller& role, std::int64_t later = 60) {
    return scored({parent.calls("GetSendQuota", 1), parent.assumes("app", 0),
                   role.calls("SendEmail", later)});
}

// For a child that has a history in its usual network.
Usual with_history(std::int32_t days = 60) {
    return with_habits({{.principal = k_mailer.arn(),
                         .networks = {"203.0.0.0/16"},
                         .clients = {"aws-cli"},
                         .days = days}});
}

}  // namespace

TEST_CASE("made_then_used: the score depends on how many of the two came from strangers' sources") {
    CHECK(made_and_used(k_eve_at_work, k_mailer_at_work) == 15);
    CHECK(made_and_used(k_eve_at_work, k_mailer) == 25);
    CHECK(made_and_used(k_eve, k_mailer_at_work) == 25);
    CHECK(made_and_used(k_eve, k_mailer) == 45);
    CHECK(scored({k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60)}, {}) == 25);
    CHECK(scored({k_eve_at_work.makes("mailer", 0), k_mailer_at_work.calls("SendEmail", 60)}, {}) ==
          25);
}

TEST_CASE("made_then_used: for a role that was assumed") {
    CHECK(assumed_and_used(k_eve_at_work, k_app.from(k_office)) == 0);
    CHECK(assumed_and_used(k_eve_at_work, k_app) == 20);
    CHECK(assumed_and_used(k_eve, k_app.from(k_office)) == 20);
    CHECK(assumed_and_used(k_eve, k_app) == 35);
}

TEST_CASE("made_then_used: within a week, both ends included") {
    CHECK(made_and_used(k_eve, k_mailer, -1) == 0);
    CHECK(made_and_used(k_eve, k_mailer, 0) == 45);
    CHECK(made_and_used(k_eve, k_mailer, k_seconds_of_week) == 45);
    CHECK(made_and_used(k_eve, k_mailer, k_seconds_of_week + 1) == 0);
}

TEST_CASE("made_then_used: a role, within half a day after it was assumed") {
    CHECK(assumed_and_used(k_eve, k_app, -1) == 0);
    CHECK(assumed_and_used(k_eve, k_app, 0) == 35);
    CHECK(assumed_and_used(k_eve, k_app, k_half_day) == 35);
    CHECK(assumed_and_used(k_eve, k_app, k_half_day + 1) == 0);
}

TEST_CASE("made_then_used: use, enabling and recon count, whatever their outcome") {
    const auto scored_with = [](const std::string& call, const std::string& error) {
        StoryEvent event = k_mailer.calls(call, 60);
        event.error = error;
        return scored({k_eve.makes("mailer", 0), event});
    };
    for (const char* call : {"SendEmail", "GetSendQuota", "VerifyEmailIdentity"}) {
        CAPTURE(call);
        for (const char* error : {"", "AccessDenied", "ValidationException"}) {
            CHECK(scored_with(call, error) == 45);
        }
    }
    for (const char* call : {"DeleteIdentity", "CreateRelay", "DeleteGuardrail", "StopLogging"}) {
        CAPTURE(call);
        CHECK(scored_with(call, "") == 0);
    }
    StoryEvent by_aws = k_app.calls("InvokeModel", 60);
    by_aws.invoked_by = "bedrock.amazonaws.com";
    CHECK(scored({k_eve.makes_role("app", k_open_trust, 0), by_aws}) == 0);
}

TEST_CASE("made_then_used: a child with a history is not evidence in its usual network") {
    const auto scored_from = [](const Caller& child, const Usual& usual) {
        return scored({k_eve.makes("mailer", 0, "CreateAccessKey"), child.calls("SendEmail", 60)},
                      usual);
    };
    CHECK(scored_from(k_mailer_at_work, with_history()) == 0);
    CHECK(scored_from(k_mailer_at_work, with_history(8)) == 0);
    CHECK(scored_from(k_mailer_at_work, with_history(6)) == 25);  // too young
    Caller other_client = k_mailer;
    other_client.agent = "Boto3";
    CHECK(scored_from(other_client, with_history()) == 45);
    CHECK(scored_from(k_mailer, with_history()) == 0);  // it travels with its usual client
    // A child whose lists are not informative.
    CHECK(scored_from(other_client, with_habits({{.principal = k_mailer.arn()}})) == 0);
}

TEST_CASE("made_then_used: an hour in which the child also calls from a new source counts") {
    Caller abroad = k_mailer;
    abroad.agent = "Boto3";
    const auto scored_with = [&](std::int64_t second) {
        return scored(
            {k_eve.makes("mailer", 0, "CreateAccessKey"), k_mailer_at_work.calls("SendEmail", 60),
             abroad.calls("CreateRelay", second)},
            with_history());
    };
    CHECK(scored_with(3599) == 45);
    CHECK(scored_with(3600) == 0);
}

TEST_CASE("made_then_used: of the calls that follow, the one with the highest score counts") {
    const StoryEvent made = k_eve.makes("mailer", 0);
    const Story story = {made, k_mailer_at_work.calls("GetSendQuota", 60),
                         k_mailer.calls("SendEmail", 7200), k_mailer.calls("GetAccount", 7201)};
    CHECK(reason_of(story) ==
          "mailer was set up by eve at 2026-03-02T10:00:00Z with CreateUser and used AWS SES "
          "at "
          "2026-03-02T12:00:00Z with SendEmail, 2 h later; both came from networks that are new to "
          "the account (+45)");
    // Of equal scores, the earliest making counts, then the earliest call.
    const Caller amy{.name = "user/amy", .address = k_abroad};
    CHECK(reason_of(story + Story{k_mailer.calls("GetSendQuota", 7100)})
              .contains(" and looked at AWS SES at 2026-03-02T11:58:20Z with GetSendQuota"));
    CHECK(reason_of(story + Story{amy.makes("mailer", 1, "CreateAccessKey")})
              .contains("set up by eve at 2026-03-02T10:00:00Z with CreateUser"));
    CHECK(reason_of(story + Story{amy.makes("mailer", -1, "CreateAccessKey")})
              .contains("set up by amy at 2026-03-02T09:59:59Z with CreateAccessKey"));
    CHECK(reason_of(story + Story{amy.makes("mailer", 0, "CreateAccessKey")})
              .contains("set up by amy at 2026-03-02T10:00:00Z with CreateAccessKey"));
}

TEST_CASE("made_then_used: a making by a stranger counts more than an earlier one") {
    const Story story = {k_eve_at_work.makes("mailer", 0),
                         k_eve.makes("mailer", 7200, "CreateAccessKey"),
                         k_mailer.calls("SendEmail", 7260)};
    CHECK(reason_of(story).contains("set up by eve at 2026-03-02T12:00:00Z with CreateAccessKey"));
}

TEST_CASE("made_then_used: the reason names both, and their sources") {
    const auto of = [](const Caller& maker, const Caller& child, const Usual& usual) {
        return reason_of({maker.makes("mailer", 0), child.calls("VerifyEmailIdentity", 60)}, usual);
    };
    const std::string made =
        "mailer was set up by eve at 2026-03-02T10:00:00Z with CreateUser and enabled AWS "
        "SES "
        "at 2026-03-02T10:01:00Z with VerifyEmailIdentity, 60 s later";
    CHECK(of(k_eve_at_work, k_mailer_at_work, with_habits({})) == made + " (+15)");
    CHECK(of(k_eve, k_mailer_at_work, with_habits({})) ==
          made + "; the maker came from a network that is new to the account (+25)");
    CHECK(of(k_eve_at_work, k_mailer, with_habits({})) ==
          made + "; it came from a network that is new to the account (+25)");
    CHECK(of(k_eve, k_mailer, {}) == made + "; no history (+25)");
    CHECK(reason_of({k_eve.calls("GetSendQuota", 1), k_eve.assumes("app", 0),
                     k_app.calls("SendEmail", 60)}) ==
          "app was assumed by eve at 2026-03-02T10:00:00Z and used AWS SES at "
          "2026-03-02T10:01:00Z with SendEmail, 60 s later; both came from networks that are new "
          "to the account (+35)");
}

TEST_CASE("made_then_used: the reason says which calls were only attempted") {
    const auto of = [](const std::string& call) {
        StoryEvent event = k_mailer.calls(call, 60);
        event.error = "AccessDenied";
        return reason_of({k_eve.makes("mailer", 0), event}, {});
    };
    CHECK(of("SendEmail").contains("with CreateUser and tried to use AWS SES at"));
    CHECK(of("VerifyEmailIdentity").contains("with CreateUser and tried to enable AWS SES at"));
    CHECK(of("GetSendQuota").contains("with CreateUser and tried to look at AWS SES at"));
}

TEST_CASE("made_then_used: a maker and a child of one name are distinguished") {
    const Caller role{.name = "role/mailer", .address = k_abroad};
    CHECK(reason_of({role.makes("mailer", 0), k_mailer.calls("SendEmail", 60)})
              .starts_with("user/mailer was set up by role/mailer at"));
    CHECK(reason_of({role.from(k_office).makes("mailer", 0), k_mailer.calls("SendEmail", 60)})
              .starts_with("mailer was set up by mailer at"));
}

TEST_CASE("made_then_used: the children of a routine maker are not evidence") {
    const Usual usual = with_habits({{.phases = {"credential"}}});
    CHECK(scored({k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60)}, usual) == 0);
}

TEST_CASE("made_then_used: the evidence is in the child's row, and begins with the child's call") {
    const auto findings =
        hunt({k_eve_at_work.makes("mailer", 0), k_mailer_at_work.calls("SendEmail", 60)}, {},
             with_habits({}));
    REQUIRE(findings.size() == 2);
    const HuntFinding& row = row_with(findings, k_mailer);
    CHECK(row.evidence.back() == "made_then_used");
    CHECK(row_with(findings, k_eve).evidence.empty());
    CHECK(row.first_evidence == 1'772'445'660);
    CHECK(row.event_ids == List{"00000000-0000-4000-8000-000000000001"});

    const auto joined = hunt({k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 60)});
    REQUIRE(joined.size() == 1);
    CHECK(joined.front().evidence == List{"made_then_used"});
    CHECK(joined.front().first_evidence == 1'772'445'660);
    CHECK(joined.front().event_ids ==
          List{"00000000-0000-4000-8000-000000000000", "00000000-0000-4000-8000-000000000001"});
}

TEST_CASE("made_then_used: scores and limits come from the configuration") {
    const Story story = {k_eve.makes("mailer", 0), k_mailer.calls("SendEmail", 7200)};
    const auto with = [&](std::string_view keys, const Usual& usual = with_habits({})) {
        return score("made_then_used", story, "[evidence:made_then_used]\n" + std::string(keys),
                     usual);
    };
    CHECK(with("strangers_score = 9\n") == 9);
    CHECK(with("within = 2h\n") == 45);
    CHECK(with("within = 119m\n") == 0);
    CHECK(with("no_history_score = 7\n", {}) == 7);
}
