#include "detect/hunt/campaign/link_lines.hpp"

#include <doctest/doctest.h>

#include "detect/hunt/campaign/campaign_story.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

// eve makes this many users, one per second, and all of them act.
Story crowd(int count, const std::string& call = "CreateUser") {
    Story story;
    for (const std::string& name : numbered_names("u", count)) {
        story.push_back(k_eve.makes(name, static_cast<std::int64_t>(story.size()) / 2, call));
        story.push_back(Caller{.name = "user/" + name, .address = k_afar}.calls("SendEmail", 600));
    }
    return story;
}

List links_of(const Story& story, std::string_view conf = {}, const Usual& usual = {}) {
    const auto findings = hunt(story, conf, usual);
    REQUIRE(findings.size() == 1);
    CHECK(column(findings.front(), "Links") == findings.front().links);
    return findings.front().links;
}

const std::string k_time = "2026-03-02T10:00:00Z ";

}  // namespace

TEST_CASE("links: the children of one maker share a line, and three of them are named") {
    CHECK(links_of(crowd(1)) == List{k_time + "eve made u1 by CreateUser"});
    CHECK(links_of(crowd(2)) == List{k_time + "eve made u1 and u2 by CreateUser"});
    CHECK(links_of(crowd(3)) == List{k_time + "eve made u1, u2 and u3 by CreateUser"});
    CHECK(links_of(crowd(4)) == List{k_time + "eve made u1, u2, u3 and 1 more by CreateUser"});
    CHECK(links_of(crowd(40)) == List{k_time + "eve made u1, u2, u3 and 37 more by CreateUser"});
}

TEST_CASE("links: children are in order of their makings, then of their names") {
    Story story = crowd(3);
    story[0].time = clock(50);
    CHECK(links_of(story) == List{"2026-03-02T10:00:01Z eve made u2, u3 and u1 by CreateUser"});
    for (const std::size_t i : {0U, 2U, 4U}) story[i].time = clock(0);
    std::swap(story[0], story[4]);
    CHECK(links_of(story) == List{k_time + "eve made u1, u2 and u3 by CreateUser"});
}

TEST_CASE("links: a child is listed with the first call that made it") {
    Story story = crowd(1) + Story{k_eve.makes("u1", 1, "CreateAccessKey")};
    CHECK(links_of(story) == List{k_time + "eve made u1 by CreateUser"});
    story[2].time = clock(-1);
    CHECK(links_of(story) == List{"2026-03-02T09:59:59Z eve made u1 by CreateAccessKey"});
    story[2].time = clock(0);
    CHECK(links_of(story) ==
          List{k_time + "eve made u1 by CreateAccessKey"});  // in order of the name
}

TEST_CASE("links: each maker and each call has a line, in order of time and of text") {
    const Caller amy{.name = "user/amy", .address = k_abroad};
    const Story story = crowd(2) + Story{k_eve.makes("u3", 0, "CreateLoginProfile"),
                                         Caller{.name = "user/u3"}.calls("SendEmail", 600),
                                         amy.makes("u2", 30, "CreateAccessKey"),
                                         amy.makes("u1", 20, "CreateAccessKey")};
    CHECK(links_of(story) == List{k_time + "eve made u1 and u2 by CreateUser",
                                  k_time + "eve made u3 by CreateLoginProfile",
                                  "2026-03-02T10:00:20Z amy made u1 and u2 by CreateAccessKey"});
}

TEST_CASE("links: members at an address are in the order in which they arrived") {
    const Usual usual = with_habits({});
    const auto at = [](const std::string& name, std::int64_t second) {
        return Caller{.name = "user/" + name, .address = k_abroad}.calls("GetSendQuota", second);
    };
    const Story story = {at("c", 5), at("a", 20), at("b", 20), at("c", 40)};
    CHECK(links_of(story, {}, usual) ==
          List{"2026-03-02T10:00:05Z c, a and b called from 198.51.100.1"});
    const Story next_day = {at("a", 86'400), at("c", 86'401), at("d", 86'402)};
    CHECK(links_of(story + next_day, {}, usual) ==
          List{"2026-03-02T10:00:05Z c, a and b called from 198.51.100.1",
               "2026-03-03T10:00:00Z a, c and d called from 198.51.100.1"});
    // The earliest call from there in an hour counts, whatever its client.
    StoryEvent other = at("c", 2);
    other.agent = "Boto3";
    CHECK(links_of(story + Story{other}, {}, usual).front().starts_with("2026-03-02T10:00:02Z c"));
}

TEST_CASE("links: principals that assume roles") {
    const Caller app{.name = "role/app", .address = k_office};
    const Caller two{.name = "role/two", .address = k_office};
    const Story story = {k_eve.assumes("app", 9), k_eve.assumes("two", 3), app.calls("Publish", 20),
                         two.calls("Publish", 20), k_eve.assumes("two", 8)};
    CHECK(links_of(story, k_with_role_sessions, with_habits({})) ==
          List{"2026-03-02T10:00:03Z eve assumed two and app by AssumeRole"});
    // A principal that made a role and assumes it has two links.
    CHECK(links_of({k_eve.makes_role("app", k_open_trust, 0), k_eve.assumes("app", 9),
                    app.calls("Publish", 20)},
                   k_with_role_sessions,
                   with_habits({})) == List{k_time + "eve made app by CreateRole",
                                            "2026-03-02T10:00:09Z eve assumed app by AssumeRole"});
}

TEST_CASE("links: at most ten lines, and the row reports that there were more") {
    const auto chain = [](int count) {
        Story story;
        for (int i = 0; i < count; ++i) {
            story.push_back(
                Caller{.name = "user/n" + std::to_string(i)}.makes("n" + std::to_string(i + 1), i));
        }
        story.push_back(Caller{.name = "user/n" + std::to_string(count)}.calls("SendEmail", 60));
        return story;
    };
    const auto ten = hunt(chain(10));
    REQUIRE(ten.size() == 1);
    CHECK(ten.front().links.size() == 10);
    CHECK(column(ten.front(), "Truncated").empty());
    const auto eleven = hunt(chain(11));
    REQUIRE(eleven.size() == 1);
    CHECK(eleven.front().links.size() == 10);
    CHECK(eleven.front().links.back() == "2026-03-02T10:00:09Z n9 made n10 by CreateUser");
    CHECK(column(eleven.front(), "Truncated") == List{"Links"});
}

TEST_CASE("links: a child with several names is listed under each") {
    const Story story = {k_eve.makes("x", 0), Caller{.name = "user/b/x"}.calls("SendEmail", 60),
                         Caller{.name = "user/a/x"}.calls("SendEmail", 60)};
    CHECK(links_of(story) == List{k_time + "user/eve made user/a/x and user/b/x by CreateUser"});
}

TEST_CASE("links: only the links of one row, and none for a member that is alone") {
    CHECK(hunt({k_eve.makes("nobody", 0)}).front().links.empty());
    const auto findings = hunt(
        crowd(1) + Story{k_mailer.makes("v", 5), Caller{.name = "user/v"}.calls("Publish", 9)});
    REQUIRE(findings.size() == 2);
    CHECK(row_with(findings, k_mailer).links ==
          List{"2026-03-02T10:00:05Z mailer made v by CreateUser"});
}

TEST_CASE("links: if subjects exceed the limit, the links are reported as cut") {
    Story story = crowd(20);
    for (int i = 0; i < 1001; ++i) story.push_back(k_eve.makes("gone" + std::to_string(i), 900));
    const auto findings = findings_with(story, {}, 0).rows;
    CHECK(row_with(findings, k_eve).members.size() > 10);
    CHECK(column(row_with(findings, k_eve), "Truncated") == List{"Evidence", "Links"});
}
