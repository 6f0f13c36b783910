// Whatever links an attacker creates, the output grows no faster than the number of calls.

#include <doctest/doctest.h>

#include <algorithm>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/campaign/campaign_story.hpp"
#include "detect/hunt/campaign/campaigns.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "output/csv_and_ndjson.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr int k_many = 1200;

Caller numbered(const std::string& name, int number, const std::string& address = k_office) {
    return {.name = "user/" + name + std::to_string(number), .address = address};
}

Story star(int size) {
    Story story;
    for (int i = 0; i < size; ++i) {
        story.push_back(k_eve.makes("u" + std::to_string(i), i % 3600));
        story.push_back(numbered("u", i).calls("SendEmail", i % 3600));
    }
    return story;
}

Story chain(int size) {
    Story story;
    for (int i = 0; i < size; ++i) {
        story.push_back(numbered("u", i, k_abroad).makes("u" + std::to_string(i + 1), i % 3600));
    }
    return story;
}

Story crowd_at_an_address(int size) {
    Story story;
    for (int i = 0; i < size; ++i) {
        story.push_back(numbered("u", i, k_abroad).calls("SendEmail", i % 3600));
    }
    return story;
}

// eve makes one user, and many principals have its name.
Story namesakes(int size) {
    Story story = {k_eve.makes("u", 0)};
    for (int i = 0; i < size; ++i) {
        story.push_back(numbered("", i).calls("SendEmail", i % 3600));
        story.back().arn += "/u";
    }
    return story;
}

struct Summary {
    std::size_t rows = 0;
    std::size_t bytes = 0;
    std::size_t most_members = 0;
    std::size_t alone = 0;  ///< rows that report too many members
};

Summary summary_of(const Story& story, const Usual& usual) {
    const HuntFindings findings = findings_with(story, usual, 0);
    Summary summary;
    for (const HuntFinding& finding : findings.rows) {
        ++summary.rows;
        summary.bytes +=
            output::to_ndjson(hunt_columns(), std::vector<Row>{to_row(finding)}).size();
        summary.most_members = std::max(summary.most_members, finding.members.size());
        if (finding.members.size() < finding.member_count) ++summary.alone;
    }
    return summary;
}

// The output for twice as much of a story is at most twice as long, except for longer numbers.
Summary grown_evenly(Story (*story_of)(int), const Usual& usual) {
    const Summary some = summary_of(story_of(k_many / 2), usual);
    const Summary more = summary_of(story_of(k_many), usual);
    CHECK(more.rows <= 2 * some.rows);
    CHECK(static_cast<double>(more.bytes) < 2.1 * static_cast<double>(some.bytes));
    return more;
}

}  // namespace

TEST_CASE("campaign bounds: a star of children is kept as far as subjects are kept") {
    const Summary summary = grown_evenly(star, {});
    CHECK(summary.rows == k_many + 1);
    CHECK(summary.most_members == 1);
    CHECK(summary.alone == Subjects::k_most + 1);
}

TEST_CASE("campaign bounds: a chain of principals that each make the next") {
    const Summary summary = grown_evenly(chain, with_habits({}));
    CHECK(summary.rows == k_many);
    CHECK(summary.alone == k_many);
}

TEST_CASE("campaign bounds: a crowd at one address") {
    const Summary summary = grown_evenly(crowd_at_an_address, with_habits({}));
    CHECK(summary.rows == k_many);
    CHECK(summary.most_members == 1);
    CHECK(summary.alone == 0);  // without the address they are not a campaign at all
}

TEST_CASE("campaign bounds: a crowd of principals with one name") {
    const Summary summary = grown_evenly(namesakes, with_habits({}));
    CHECK(summary.rows == k_many + 1);
    CHECK(summary.alone == k_many + 1);
}

TEST_CASE("campaign bounds: small campaigns stay small next to large ones") {
    Story story = chain(k_many / 2);
    for (int i = 0; i < 100; ++i) {
        story.push_back(numbered("maker", i, k_abroad).makes("child" + std::to_string(i), i));
        story.push_back(numbered("child", i).calls("SendEmail", 60));
    }
    const Summary summary = summary_of(story, {});
    CHECK(summary.rows == k_many / 2 + 100);
    CHECK(summary.most_members == 2);
}

TEST_CASE("campaign bounds: links grow with the calls, not with makers times namesakes") {
    // Each of many makers makes one user, and many principals have its name.
    const auto links_of = [](int makers, int users) {
        Story story;
        for (int i = 0; i < makers; ++i) story.push_back(numbered("maker", i).makes("u", i % 3600));
        story = story + namesakes(users);
        const auto setup = config::setup_with();
        const StoryEvents story_events(story);
        HuntActivity activity(setup.catalogue);
        for (const auto& event : story_events.events()) activity.add(event);
        const auto rules = rules_for_all(setup, {});
        std::vector<CampaignNode> nodes;
        MakingIndex makings;
        activity.for_each_behaviour(rules, [&](const Behaviour& who) {
            const Member::Basis& part = who.head().part();
            nodes.push_back({.part = part, .ties = ties_of(setup.catalogue, who.head())});
            for (const auto& making : nodes.back().ties.makings) {
                makings.add(part.principal->account, making);
            }
        });
        const Campaigns found = find_campaigns(nodes, makings, setup.catalogue, *rules.history);
        std::size_t links = 0;
        for (const LinksToChild& to : found.links) links += to.links.size();
        return links;
    };
    const std::size_t some = links_of(50, 50);
    CHECK(links_of(100, 100) <= 2 * some + 2);
}
