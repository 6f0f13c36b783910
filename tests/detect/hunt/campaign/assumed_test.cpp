// Roles that are assumed by principals that do not usually assume them.

#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr std::int64_t k_one_day = 86'400;
const std::string k_others_account = "444455556666";

// It calls from a known place, so only sessions link it.
const Caller k_deploy{.name = "role/deploy", .address = k_office};
const StoryEvent k_deploys = k_deploy.calls("SendEmail", 60);
const Story k_assumed = {k_eve.assumes("deploy", 0), k_deploys};

Habit role_with_history(std::int32_t days = 60) {
    return {.principal = k_deploy.arn(), .service = "ses", .peak_hour = 9, .days = days};
}

void add_parent(Usual& usual, const std::string& role, const std::string& parent,
                std::int32_t days = 60) {
    constexpr std::int32_t today = 20'514;  // 2026-03-02
    rules::Baseline::Row row;
    row.first_seen = row.last_seen = (today - 1) * k_one_day;
    row.parents.add(parent, {.first = today - days, .last = today - 1});
    usual.baseline.add({.account = "111122223333", .principal = role, .service = "account"}, row);
}

List groups_of(const Story& story, const Usual& usual) {
    return groups(story, k_with_role_sessions, usual);
}

}  // namespace

TEST_CASE("campaign: a principal that assumes a role without history acts together with it") {
    CHECK(groups_of(k_assumed, with_habits({})) == List{"deploy+eve"});
    CHECK(groups_of(k_assumed, with_habits({role_with_history(6)})) == List{"deploy+eve"});
    CHECK(groups(k_assumed, {}, with_habits({})) == List{"deploy"});  // sessions are not read
}

TEST_CASE("campaign: without a baseline of the role's account its sessions do not link") {
    CHECK(groups_of(k_assumed, {}) == List{"deploy", "eve"});
    const auto groups_at = [](std::int64_t second) {
        return groups_of({k_eve.assumes("deploy", second), k_deploy.calls("SendEmail", second)},
                         with_habits({}));
    };
    CHECK(groups_at(-46 * k_one_day) == List{"deploy+eve"});
    CHECK(groups_at(-46 * k_one_day - 1) == List{"deploy", "eve"});
}

TEST_CASE("campaign: a role with a history is linked to principals that do not usually assume it") {
    Usual usual = with_habits({role_with_history()});
    CHECK(groups_of(k_assumed, usual) ==
          List{"deploy", "eve"});  // the baseline does not know who does
    add_parent(usual, k_deploy.arn(), "arn:aws:iam::111122223333:user/ci");
    CHECK(groups_of(k_assumed, usual) == List{"deploy+eve"});
    add_parent(usual, k_deploy.arn(), k_eve.arn(), 7);  // for six days
    CHECK(groups_of(k_assumed, usual) == List{"deploy+eve"});
    add_parent(usual, k_deploy.arn(), k_eve.arn(), 8);
    CHECK(groups_of(k_assumed, usual) == List{"deploy", "eve"});
}

TEST_CASE("campaign: a list of parents that is not informative links nobody") {
    Usual young = with_habits({role_with_history()});
    add_parent(young, k_deploy.arn(), "arn:aws:iam::111122223333:user/ci", 7);
    CHECK(groups_of(k_assumed, young) == List{"deploy", "eve"});
    Usual many = with_habits({role_with_history()});
    add_parent(many, k_deploy.arn(), "arn:aws:iam::111122223333:user/ci");
    rules::Baseline::Row row = *many.baseline.find("111122223333", k_deploy.arn(), "account");
    row.parents.add_too_many({.first = 20'400, .last = 20'500});
    many.baseline.add(
        {.account = "111122223333", .principal = k_deploy.arn(), .service = "account"}, row);
    CHECK(groups_of(k_assumed, many) == List{"deploy", "eve"});
}

TEST_CASE("campaign: the parents of a role are those under any of its paths") {
    Usual usual = with_habits({role_with_history()});
    add_parent(usual, "arn:aws:iam::111122223333:role/team/deploy",
               "arn:aws:iam::111122223333:user/ci");
    CHECK(groups_of(k_assumed, usual) == List{"deploy+eve"});
    add_parent(usual, "arn:aws:iam::111122223333:role/deploy", k_eve.arn());
    CHECK(groups_of(k_assumed, usual) == List{"deploy", "eve"});
    CHECK(groups_of({k_eve.assumes("team/deploy", 0), k_deploys}, with_habits({})) ==
          List{"deploy+eve"});
}

TEST_CASE("campaign: parents' names are compared up to the length that a baseline keeps") {
    const Caller long_name{.name = "user/" + std::string(300, 'x'), .address = k_abroad};
    Usual usual = with_habits({role_with_history()});
    add_parent(usual, k_deploy.arn(), long_name.arn());
    const auto findings =
        hunt({long_name.assumes("deploy", 0), k_deploys}, k_with_role_sessions, usual);
    CHECK(findings.size() == 2);
}

TEST_CASE("campaign: a row with only parents makes no account known and is not a history") {
    Usual only_parents;
    add_parent(only_parents, k_deploy.arn(), "arn:aws:iam::111122223333:user/ci");
    CHECK(groups_of(k_assumed, only_parents) == List{"deploy", "eve"});
    Usual known = with_habits({});
    add_parent(known, k_deploy.arn(), k_eve.arn());  // but the role never acted
    CHECK(groups_of(k_assumed, known) == List{"deploy+eve"});
}

TEST_CASE("campaign: a role for a partner is not linked to the partner") {
    const Caller admin{.name = "user/admin", .address = k_office};
    const auto groups_with = [](const StoryEvent& making) {
        return groups_of(k_assumed + Story{making}, with_habits({}));
    };
    const List partner = {"admin", "deploy", "eve"};
    const List assumed = {"admin", "deploy+eve"};
    CHECK(groups_with(admin.makes_role("deploy", k_partner_trust, -10)) == partner);
    CHECK(groups_with(admin.makes_role("deploy", k_partner_trust, 0)) == partner);
    CHECK(groups_with(admin.makes_role("deploy", k_partner_trust, 1)) == assumed);
    CHECK(groups_with(admin.makes_role("team/deploy", k_partner_trust, -10)) == partner);
    CHECK(groups_with(admin.makes_role("other", k_partner_trust, -10)) == assumed);
    CHECK(groups_with(admin.makes_role("deploy", k_open_trust, -10)) == assumed);
    CHECK(groups_with(admin.makes_role("deploy", k_closed_trust, -10)) == assumed);
    // admin made it from a stranger's source, so it does not vouch, and is linked.
    CHECK(groups_with(admin.from(k_afar).makes_role("deploy", k_partner_trust, -10)) ==
          List{"admin+deploy+eve"});
    StoryEvent denied = admin.makes_role("deploy", k_partner_trust, -10);
    denied.error = "AccessDenied";
    CHECK(groups_with(denied) == assumed);
}

TEST_CASE("campaign: an allowed call still shows that a role is a partner's") {
    Usual usual = with_habits({});
    const Caller admin{.name = "user/admin", .address = k_office};
    usual.allowlist.add(all_of(admin));
    CHECK(groups_of(k_assumed + Story{admin.makes_role("deploy", k_partner_trust, -10)}, usual) ==
          List{"deploy", "eve"});
}

TEST_CASE("campaign: sessions link across accounts") {
    Caller elsewhere = k_eve;
    elsewhere.account = k_others_account;
    const Story story = {elsewhere.assumes("deploy", 0, "111122223333"), k_deploys};
    CHECK(groups_of(story, with_habits({})) == List{"deploy+eve"});
    // The role's account decides.
    Caller far_role = k_deploy;
    far_role.account = k_others_account;
    CHECK(groups_of({k_eve.assumes("deploy", 0, k_others_account), far_role.calls("SendEmail", 60)},
                    with_habits({})) == List{"deploy", "eve"});
    CHECK(groups_of({k_eve.assumes("deploy", 0), far_role.calls("SendEmail", 60)},
                    with_habits({})) == List{"deploy", "eve"});
    // The parents of a role in another account are recorded by their full names.
    Usual usual = with_habits({role_with_history()});
    add_parent(usual, k_deploy.arn(), k_eve.arn());
    CHECK(groups_of(story, usual) == List{"deploy+eve"});
    CHECK(groups_of(k_assumed, usual) == List{"deploy", "eve"});
}

TEST_CASE("campaign: a role that assumes itself links nobody, a role of its name elsewhere does") {
    CHECK(groups_of({k_deploy.assumes("deploy", 0), k_deploys}, with_habits({})) == List{"deploy"});
    Caller elsewhere = k_deploy;
    elsewhere.account = k_others_account;
    CHECK(groups_of({elsewhere.assumes("deploy", 0, "111122223333"), k_deploys}, with_habits({})) ==
          List{"deploy+deploy"});
}

TEST_CASE("campaign: failed sessions link nobody") {
    Story denied = k_assumed;
    denied[0].error = "AccessDenied";
    CHECK(groups_of(denied, with_habits({})) == List{"deploy", "eve"});
    Story no_role = k_assumed;
    no_role[0].parameters = R"({"roleArn":"arn:aws:iam::111122223333:user/deploy"})";
    CHECK(groups_of(no_role, with_habits({})) == List{"deploy", "eve"});
}

TEST_CASE("campaign: a principal that only assumes a role is a member") {
    const auto findings = hunt(k_assumed, k_with_role_sessions, with_habits({}));
    REQUIRE(findings.size() == 1);
    CHECK(findings.front().principal.name == k_eve.arn());  // before its child
    CHECK(findings.front().phases == List{"link", "use"});
    CHECK(findings.front().services == List{"AWS SES", "AWS role sessions"});
    CHECK(findings.front().links == List{"2026-03-02T10:00:00Z eve assumed deploy by AssumeRole"});
}
