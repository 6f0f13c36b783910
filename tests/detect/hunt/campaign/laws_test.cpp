// Laws that hold for any story in which principals make each other and share addresses.

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <set>
#include <utility>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/campaign/campaign_story.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "detect/hunt/timeline.hpp"
#include "output/csv_and_ndjson.hpp"
#include "partial/through_documents.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

using Dice = std::mt19937;

constexpr unsigned k_seeds = 50;

template <std::size_t n>
std::string any_of(const std::array<const char*, n>& texts, Dice& dice) {
    return texts.at(dice() % n);
}

const config::Setup& setup_of_campaigns() {
    static const config::Setup setup = config::setup_with(k_with_role_sessions);
    return setup;
}

// A history for some of the principals, and none for the others.
Usual a_past() {
    const std::string users = "arn:aws:iam::111122223333:user/";
    const std::string other = "arn:aws:iam::444455556666:";
    Usual usual = with_habits(
        {{.principal = users + "u0",
          .phases = {"credential"},
          .networks = {"203.0.0.0/16"},
          .clients = {"aws-cli"}},
         {.principal = users + "u1", .networks = {"192.0.0.0/16"}, .clients = {"Boto3"}},
         {.principal = users + "u1", .service = "ses", .peak_hour = 1},
         {.principal = other + "role/colleague",
          .networks = {"203.0.0.0/16"},
          .account = "444455556666"}});
    add_making(usual, users + "u2", 3, true);
    rules::Baseline::Row parents;
    parents.parents.add(users + "u3", {.first = 20'000, .last = 20'500});
    usual.baseline.add({.account = "111122223333",
                        .principal = "arn:aws:iam::111122223333:role/r1",
                        .service = "account"},
                       parents);
    return usual;
}

Caller any_caller(Dice& dice) {
    Caller caller;
    const std::string number = std::to_string(dice() % 4);
    caller.name = any_of<5>({"user/u", "user/u", "user/u", "role/r", "user/path/u"}, dice) + number;
    caller.address =
        any_of<5>({"203.0.113.1", "198.51.100.1", "198.51.100.2", "192.0.2.1", "10.0.0.1"}, dice);
    if (dice() % 5 == 0) caller.account = "444455556666";
    if (dice() % 4 == 0) caller.agent = "Boto3";
    return caller;
}

StoryEvent any_event(Dice& dice) {
    const Caller caller = any_caller(dice);
    const std::string number = std::to_string(dice() % 4);
    const auto second =
        static_cast<std::int64_t>(dice() % 3) * 43'200 + static_cast<std::int64_t>(dice() % 300);
    StoryEvent story_event;
    switch (dice() % 5) {
        case 0:
            story_event = caller.makes("u" + number, second,
                                       any_of<4>({"CreateUser", "CreateAccessKey",
                                                  "CreateLoginProfile", "UpdateAccessKey"},
                                                 dice));
            break;
        case 1:
            story_event =
                dice() % 2 == 0
                    ? caller.assumes("r" + number, second, "111122223333")
                    : caller.makes_role(
                          "r" + number,
                          std::array{k_open_trust, k_partner_trust, k_closed_trust}.at(dice() % 3),
                          second, any_of<2>({"CreateRole", "UpdateAssumeRolePolicy"}, dice));
            break;
        default:
            story_event =
                caller.calls(any_of<9>({"SendEmail", "SendEmail", "InvokeModel", "GetSendQuota",
                                        "GetAccount", "VerifyEmailIdentity", "DeleteIdentity",
                                        "CreateFoundationModelAgreement", "DeleteTrail"},
                                       dice),
                             second, R"({"emailIdentity":"i","name":"n"})");
    }
    story_event.error = any_of<5>({"", "", "", "", "AccessDenied"}, dice);
    story_event.key = any_of<3>({"ASIA1", "ASIA1", "AKIA1"}, dice);
    std::array<char, 40> id{};
    std::snprintf(id.data(), id.size(), "00000000-0000-4000-8000-%012x",
                  static_cast<unsigned>(dice()));
    story_event.id = id.data();
    return story_event;
}

Story any_story(Dice& dice) {
    Story story;
    const std::size_t count = 10 + dice() % 50;
    for (std::size_t i = 0; i < count; ++i) story.push_back(any_event(dice));
    return story;
}

HuntActivity kept_of(const std::vector<log::Event>& events) {
    HuntActivity activity(setup_of_campaigns().catalogue);
    for (const log::Event& event : events) activity.add(event);
    return activity;
}

std::string rows_as_text(const HuntActivity& activity, const Usual& usual) {
    std::vector<Row> rows;
    const auto findings = activity.findings(rules_for_all(setup_of_campaigns(), usual));
    for (const HuntFinding& finding : findings.rows) rows.push_back(to_row(finding));
    return output::to_ndjson(hunt_columns(), rows);
}

// Any number of parts in any order, merged in any grouping, directly or through documents.
HuntActivity in_parts(std::vector<log::Event> events, Dice& dice) {
    const auto empty = [] { return HuntActivity(setup_of_campaigns().catalogue); };
    std::ranges::shuffle(events, dice);
    std::vector<HuntActivity> parts;
    const std::size_t count = 1 + dice() % 5;
    for (std::size_t i = 0; i < count; ++i) parts.push_back(empty());
    for (const log::Event& event : events) parts[dice() % count].add(event);
    while (parts.size() > 1) {
        HuntActivity last = std::move(parts.back());
        parts.pop_back();
        HuntActivity& into = parts[dice() % parts.size()];
        if (dice() % 2 == 0) {
            into.merge(last);
        } else {
            partial::merge_documents(into, last, empty);
        }
    }
    return std::move(parts.front());
}

bool ties_others(const StoryEvent& story_event) {
    return story_event.call.starts_with("Create") || story_event.call.starts_with("Update");
}

}  // namespace

TEST_CASE("campaign: any split, order, grouping and repetition gives the same rows") {
    std::size_t campaigns = 0;
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const StoryEvents story_events(any_story(dice));
        const HuntActivity whole = kept_of(story_events.events());
        std::vector<log::Event> more = story_events.events();
        for (const log::Event& event : story_events.events()) {
            if (dice() % 3 == 0) more.push_back(event);
        }
        const HuntActivity other = in_parts(std::move(more), dice);
        for (const Usual& usual : {Usual{}, a_past()}) {
            CHECK(rows_as_text(other, usual) == rows_as_text(whole, usual));
            const auto rules = rules_for_all(setup_of_campaigns(), usual);
            campaigns += static_cast<std::size_t>(std::ranges::count_if(
                whole.findings(rules).rows,
                [](const HuntFinding& row) { return row.members.size() > 1; }));
        }
    }
    CHECK(campaigns > k_seeds);
}

TEST_CASE("campaign: calls outside the catalogue link nobody") {
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        Story story = any_story(dice);
        const StoryEvents named(story);
        for (int i = 0; i < 30; ++i) {
            StoryEvent other = any_event(dice);
            other.call =
                any_of<4>({"GetObject", "GetUser", "DeleteUser", "AssumeRoleWithSAML"}, dice);
            story.push_back(other);
        }
        const StoryEvents all(story);
        for (const Usual& usual : {Usual{}, a_past()}) {
            CHECK(rows_as_text(in_parts(all.events(), dice), usual) ==
                  rows_as_text(kept_of(named.events()), usual));
        }
    }
}

TEST_CASE("campaign: each principal that acted is in one row, and rows have their own order") {
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        const StoryEvents story_events(any_story(dice));
        const HuntActivity whole = kept_of(story_events.events());
        const auto rows = whole.findings(rules_for_all(setup_of_campaigns(), a_past())).rows;
        std::multiset<log::Principal> members;
        for (const HuntFinding& row : rows) {
            CHECK(std::ranges::is_sorted(row.members));
            CHECK(std::ranges::find(row.members, row.principal) != row.members.end());
            CHECK(row.member_count == row.members.size());
            CHECK(row.links.empty() == (row.members.size() == 1));
            CHECK(row.timeline.size() <=
                  (row.members.size() == 1 ? k_most_shown_events : k_most_campaign_lines));
            members.insert(row.members.begin(), row.members.end());
        }
        CHECK(members.size() == whole.size());
        CHECK(std::set(members.begin(), members.end()).size() == whole.size());
        CHECK(std::ranges::is_sorted(rows, std::ranges::greater{}, &HuntFinding::risk_score));
    }
}

TEST_CASE("campaign: allowing everything a principal does equals removing its calls") {
    // Except for makings, which vouch for others or against them even if they are allowed.
    for (unsigned seed = 0; seed < k_seeds; ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        Story story = any_story(dice);
        const Caller caller{.name = "user/u" + std::to_string(dice() % 4)};
        const std::string allowed = caller.arn();
        std::erase_if(story, [&](const StoryEvent& story_event) {
            return story_event.arn == allowed && ties_others(story_event);
        });
        Story others = story;
        std::erase_if(others,
                      [&](const StoryEvent& story_event) { return story_event.arn == allowed; });
        const StoryEvents all(story);
        const StoryEvents left(others);
        for (const Usual& usual : {Usual{}, a_past()}) {
            Usual with_line = usual;
            with_line.allowlist.add(all_of(caller));
            CHECK(rows_as_text(kept_of(all.events()), with_line) ==
                  rows_as_text(kept_of(left.events()), usual));
        }
    }
}
