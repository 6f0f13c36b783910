// Principals are not linked to makers if a known maker vouches for them.

#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

const Caller k_admin{.name = "user/admin", .address = k_office};

const Story k_made_at_the_office = {k_admin.makes("mailer", 0), k_mailer.calls("SendEmail", 60)};

}  // namespace

TEST_CASE("campaign: a child that was made from a known source is not linked") {
    CHECK(groups(k_made_at_the_office, {}, with_habits({})) == List{"admin", "mailer"});
    CHECK(groups(k_made_at_the_office) == List{"admin+mailer"});  // no source is known
    const Story from_inside = {k_admin.from("10.0.0.1").makes("mailer", 0),
                               k_made_at_the_office[1]};
    CHECK(groups(from_inside) == List{"admin", "mailer"});
    Usual listed;
    listed.networks.add(*rules::parse_cidr("203.0.113.0/24"));
    CHECK(groups(k_made_at_the_office, {}, listed) == List{"admin", "mailer"});
}

TEST_CASE(
    "campaign: a maker that also calls from a stranger's network in that hour does not vouch") {
    const auto groups_with = [](std::int64_t second) {
        Story story = k_made_at_the_office;
        story.push_back(k_admin.from(k_abroad).calls("GetSendQuota", second));
        return groups(story, {}, with_habits({}));
    };
    CHECK(groups_with(3599) == List{"admin+mailer"});
    CHECK(groups_with(3600) == List{"admin", "mailer"});
    CHECK(groups_with(-1) == List{"admin", "mailer"});
}

TEST_CASE("campaign: one making from a stranger's source ends the vouching from then on") {
    const Usual usual = with_habits({});
    Story story = k_made_at_the_office;
    story.push_back(k_eve.makes("mailer", 30, "CreateAccessKey"));
    CHECK(groups(story, {}, usual) == List{"admin", "eve+mailer"});
    story[2] = k_eve.makes("mailer", 0, "CreateAccessKey");
    CHECK(groups(story, {}, usual) == List{"admin+eve+mailer"});
    story[2] = k_eve.makes("mailer", -1, "CreateAccessKey");
    CHECK(groups(story, {}, usual) == List{"admin+eve+mailer"});
}

TEST_CASE("campaign: routine makers still vouch, or stop others from vouching") {
    Usual usual = with_habits({{.phases = {"credential"}}});  // eve's
    const Story story = {k_admin.makes("mailer", 0), k_eve.makes("mailer", -1, "CreateAccessKey"),
                         k_mailer.calls("SendEmail", 60)};
    CHECK(groups(story, {}, usual) == List{"admin+mailer", "eve"});
}

TEST_CASE("campaign: makings in the baseline count for 30 days") {
    const auto groups_with = [](std::int64_t days, bool is_from_known_source,
                                const StoryEvent& making) {
        Usual usual = with_habits({});
        add_making(usual, k_mailer.arn(), days, is_from_known_source);
        return groups({making, k_mailer.calls("SendEmail", 60)}, {}, usual);
    };
    const List apart = {"admin", "mailer"};
    const List together = {"admin+mailer"};
    CHECK(groups_with(3, true, k_admin.makes("mailer", 0)) == apart);
    CHECK(groups_with(3, false, k_admin.makes("mailer", 0)) == together);
    CHECK(groups_with(30, false, k_admin.makes("mailer", 0)) == together);
    CHECK(groups_with(30, false, k_admin.makes("mailer", 1)) == apart);
    // An earlier voucher does not excuse a making from a stranger's source.
    CHECK(groups_with(3, true, k_admin.from(k_abroad).makes("mailer", 0)) == together);
}

TEST_CASE("made_then_used: a child with a voucher that is used at once is weak evidence") {
    const Usual usual = with_habits({});
    const auto scored = [&](const Caller& child) {
        return score("made_then_used", {k_admin.makes("mailer", 0), child.calls("SendEmail", 60)},
                     {}, usual);
    };
    CHECK(scored(k_mailer.from("203.0.113.9")) == 15);
    CHECK(scored(k_mailer) == 25);
    const auto findings = hunt(k_made_at_the_office, {}, usual);
    CHECK(row_with(findings, k_admin).evidence.empty());
    CHECK(row_with(findings, k_mailer).links.empty());
}

TEST_CASE("burst: a vouched-for principal gets a lower score") {
    const Usual usual = with_habits({{.principal = k_mailer.arn(), .days = 3}});
    Caller mailer = k_mailer;
    mailer.agent = "colleague";
    mailer.name = "role/mailer";  // its credentials do not work anywhere
    const auto scored = [&](const Caller& maker) {
        Story story = repeated(mailer.calls("SendEmail", 0), 60, 101, 10);
        story.push_back(maker.makes_role("mailer", k_closed_trust, 0));
        return score("burst", story, {}, usual);
    };
    CHECK(scored(k_admin) == 25);
    CHECK(scored(k_eve) == 35);
}
