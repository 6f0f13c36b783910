#include "detect/hunt/campaign/campaigns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

Caller member(int number, const std::string& address = k_office) {
    return {.name = "user/m" + std::to_string(number), .address = address};
}

// Users that `maker` makes, each of which acts at an office.
Story made(const Caller& maker, int first, int last) {
    Story story;
    for (int i = first; i <= last; ++i) {
        story.push_back(maker.makes("m" + std::to_string(i), i));
        story.push_back(member(i).calls("GetSendQuota", 600 + i));
    }
    return story;
}

Story at_one_address(int first, int last) {
    Story story;
    for (int i = first; i <= last; ++i) {
        story.push_back(member(i, "198.51.100.77").calls("GetSendQuota", 1200 + i));
    }
    return story;
}

Story taking_on(const std::string& role, int first, int last) {
    Story story = {Caller{.name = "role/" + role, .address = k_office}.calls("GetAccount", 3000)};
    for (int i = first; i <= last; ++i) story.push_back(member(i).assumes(role, 1800 + i));
    return story;
}

std::vector<HuntFinding> rows_of_story(const Story& story) {
    return findings_with(story, with_habits({}), 0, k_with_role_sessions).rows;
}

// The number of rows by size and by the columns that are truncated.
using Sizes = std::map<std::pair<std::string, List>, int>;

Sizes sizes(const std::vector<HuntFinding>& findings) {
    Sizes counts;
    for (const HuntFinding& finding : findings) {
        CHECK(column(finding, "Members").size() == finding.members.size());
        ++counts[{column(finding, "UniqueMembers").front(), column(finding, "Truncated")}];
    }
    return counts;
}

std::string head_of(const Story& story, const Usual& usual = {}) {
    const auto findings = hunt(story, {}, usual);
    REQUIRE(findings.size() == 1);
    CHECK(column(findings.front(), "Principal") == List{findings.front().principal.name});
    return findings.front().principal.name;
}

StoryEvent makes(const std::string& maker, const std::string& child, std::int64_t second,
                 const std::string& address = k_abroad) {
    return Caller{.name = "user/" + maker, .address = address}.makes(child, second);
}

StoryEvent acts(const std::string& name, std::int64_t second) {
    return Caller{.name = "user/" + name, .address = k_afar}.calls("SendEmail", second);
}

const std::string k_65_without_addresses =
    "65 principals are linked, too many to be judged together: shared addresses are ignored";

const List k_all_cut = {"Members", "Links"};
const List k_links_cut = {"Links"};

}  // namespace

TEST_CASE("campaign: sixty-four members make one row") {
    const auto findings = rows_of_story(made(k_eve, 1, 63));
    REQUIRE(findings.size() == 1);
    CHECK(sizes(findings) == Sizes{{{"64", {}}, 1}});
    CHECK(findings.front().members.size() == 64);
    CHECK(findings.front().members.front().name == k_eve.arn());
    CHECK(findings.front().members[1].name == member(1).arn());
    CHECK(findings.front().members[2].name == member(10).arn());
}

TEST_CASE("campaign: sixty-five members that were made have a row each, which says so") {
    const auto findings = rows_of_story(made(k_eve, 1, 64));
    REQUIRE(findings.size() == 65);
    CHECK(sizes(findings) == Sizes{{{"65", k_all_cut}, 65}});
    CHECK(column(row_with(findings, member(7)), "Members") == List{member(7).arn()});
    CHECK(
        column(row_with(findings, member(7)), "Links") ==
        List{
            "65 principals are linked, too many to be judged together: each is judged separately"});
    // The links are still evidence against the child.
    CHECK(row_with(findings, member(7)).evidence.front() == "made_then_used");
}

TEST_CASE("campaign: if there are too many members, the shared addresses are dropped first") {
    const Story crowd = at_one_address(1, 64);
    CHECK(sizes(rows_of_story(crowd)) == Sizes{{{"64", {}}, 1}});
    const Story more = at_one_address(1, 65);
    CHECK(sizes(rows_of_story(more)) == Sizes{{{"1", k_links_cut}, 65}});

    const auto findings = rows_of_story(more + Story{member(3).from(k_abroad).makes("m5", 60),
                                                     member(3).from(k_abroad).makes("m9", 61)});
    CHECK(sizes(findings) == Sizes{{{"1", k_links_cut}, 62}, {{"3", k_links_cut}, 1}});
    CHECK(members_of(row_with(findings, member(9))) == "m3+m5+m9");
    CHECK(row_with(findings, member(9)).links ==
          List{"2026-03-02T10:01:00Z m3 made m5 and m9 by CreateUser", k_65_without_addresses});
    CHECK(row_with(findings, member(1)).links == List{k_65_without_addresses});
}

TEST_CASE("campaign: the links of assumed roles are dropped next") {
    // Sixty-four assume a role, and one of them made another user: 66.
    const Story story = taking_on("deploy", 1, 64) +
                        Story{member(1).from(k_abroad).makes("x", 60)} +
                        Story{Caller{.name = "user/x", .address = k_office}.calls("SendEmail", 90)};
    const auto findings = rows_of_story(story);
    CHECK(sizes(findings) == Sizes{{{"1", k_links_cut}, 64}, {{"2", k_links_cut}, 1}});
    CHECK(members_of(row_with(findings, member(1))) == "m1+x");
    CHECK(row_with(findings, member(1)).links.back() ==
          "66 principals are linked, too many to be judged together: shared addresses and assumed "
          "roles are ignored");
    // Each line of the links names one member, so there are too many lines.
    CHECK(sizes(rows_of_story(taking_on("deploy", 1, 63))) == Sizes{{{"64", k_links_cut}, 1}});
}

TEST_CASE("campaign: parts that are small enough keep the links of assumed roles") {
    // One address connects all of them; without it there are a small part and a large one.
    const Story story =
        taking_on("small", 1, 3) + taking_on("large", 4, 67) + at_one_address(1, 67);
    const auto findings = rows_of_story(story);
    CHECK(sizes(findings) == Sizes{{{"4", k_links_cut}, 1}, {{"1", k_links_cut}, 65}});
    CHECK(members_of(row_with(findings, member(2))) == "small+m1+m2+m3");
    CHECK(row_with(findings, member(2)).links ==
          List{"2026-03-02T10:30:01Z m1 assumed small by AssumeRole",
               "2026-03-02T10:30:02Z m2 assumed small by AssumeRole",
               "2026-03-02T10:30:03Z m3 assumed small by AssumeRole",
               "69 principals are linked, too many to be judged together: shared addresses are "
               "ignored"});
}

TEST_CASE("campaign: a part that is still too large has a row per member, with the whole's size") {
    // Sixty-five that are connected by makings, a second part of three, and an address that
    // connects them.
    const Caller other{.name = "user/other", .address = k_afar};
    Story story = made(k_eve, 1, 64) + made(other, 101, 102);
    story = story + at_one_address(1, 1) + at_one_address(101, 101);
    const auto findings = rows_of_story(story);
    CHECK(sizes(findings) == Sizes{{{"68", k_all_cut}, 65}, {{"3", k_links_cut}, 1}});
    CHECK(members_of(row_with(findings, other)) == "m101+m102+other");
    CHECK(row_with(findings, other).links.back().ends_with(": shared addresses are ignored"));
    CHECK(
        row_with(findings, k_eve).links ==
        List{
            "68 principals are linked, too many to be judged together: each is judged separately"});
}

TEST_CASE("campaign: a campaign that is too large does not affect others") {
    const auto findings = rows_of_story(made(k_eve, 1, 64) + made(k_mailer, 101, 102) +
                                        Story{member(200).calls("SendEmail", 5)});
    CHECK(sizes(findings) == Sizes{{{"65", k_all_cut}, 65}, {{"3", {}}, 1}, {{"1", {}}, 1}});
}

TEST_CASE("campaign: a row is named after the member that nobody made") {
    CHECK(head_of({makes("zed", "amy", 0), acts("amy", 60)}).ends_with("/zed"));
    CHECK(
        head_of({makes("zed", "amy", 0), makes("zed", "bob", 1), acts("amy", 60), acts("bob", 61)})
            .ends_with("/zed"));
    // Of several, the first.
    CHECK(head_of({makes("zed", "amy", 0), makes("yan", "amy", 1), acts("amy", 60)})
              .ends_with("/yan"));
    CHECK(head_of({makes("zed", "bob", 0), makes("bob", "amy", 1), acts("amy", 60)})
              .ends_with("/zed"));
}

TEST_CASE("campaign: a row of members that made each other is named after the first") {
    CHECK(head_of({makes("bob", "amy", 0), makes("amy", "bob", 1)}).ends_with("/amy"));
    CHECK(head_of({makes("bob", "cid", 0), makes("cid", "bob", 1), makes("cid", "amy", 2),
                   acts("amy", 60)})
              .ends_with("/amy"));
    CHECK(head_of({makes("bob", "cid", 0), makes("cid", "bob", 1), makes("zed", "cid", 2)})
              .ends_with("/zed"));
}

TEST_CASE("campaign: sharing an address makes nobody a child") {
    const Usual usual = with_habits({});
    const Caller amy{.name = "user/amy", .address = k_abroad};
    CHECK(head_of({k_eve.calls("SendEmail", 0), amy.calls("SendEmail", 60)}, usual) == amy.arn());
    // Dropped links make no child, nor do makings with a voucher.
    const Story story = taking_on("a-role", 1, 64) + made(member(1, k_abroad), 1, 0);
    CHECK(
        row_with(rows_of_story(story), {.name = "role/a-role"}).principal.name.ends_with("a-role"));
    const Caller admin{.name = "user/zadmin", .address = k_office};
    CHECK(head_of({admin.makes("eve", -9), admin.from(k_abroad).calls("SendEmail", 3600),
                   k_eve.calls("SendEmail", 3600)},
                  usual) == k_eve.arn());
}

TEST_CASE("campaign: members are in order of their accounts, then of their names") {
    Caller zed{.name = "user/zed", .address = k_abroad, .account = "000011112222"};
    Habit account{.principal = "arn:aws:iam::000011112222:role/colleague",
                  .networks = {"203.0.0.0/16"},
                  .account = zed.account};
    const auto findings =
        hunt({k_eve.calls("SendEmail", 0), zed.calls("SendEmail", 60)}, {}, with_habits({account}));
    REQUIRE(findings.size() == 1);
    CHECK(members_of(findings.front()) == "zed+eve");
    CHECK(findings.front().principal.account == zed.account);
    CHECK(column(findings.front(), "Account") == List{zed.account});
    CHECK(column(findings.front(), "vendor_account") == List{zed.account});
}
