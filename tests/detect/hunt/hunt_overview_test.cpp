#include "detect/hunt/hunt_overview.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "detect/hunt/hunt_activity.hpp"
#include "detect/hunt/story.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;

namespace {

constexpr std::int64_t k_ten = 1'772'445'600;  // 2026-03-02T10:00:00Z, when stories begin

/// The activity of a story whose events come in two parts, in reverse order.
HuntActivity activity_of(const Story& story) {
    const StoryEvents events(story);
    HuntActivity activity(rules::builtin_catalogue());
    HuntActivity other(rules::builtin_catalogue());
    bool is_other = false;
    for (auto event = events.events().rbegin(); event != events.events().rend(); ++event) {
        (is_other ? other : activity).add(*event);
        is_other = !is_other;
    }
    activity.merge(other);
    return activity;
}

StoryEvent by(std::string arn, StoryEvent event) {
    event.arn = std::move(arn);
    return event;
}

const TimeSteps k_hours{.start = k_ten - hours(1), .step = hours(1), .count = 12};

std::vector<log::Principal> named(const std::string& name) {
    return {{.account = "111122223333", .name = name}};
}

}  // namespace

TEST_CASE("hunt overview: accounts, services, regions and times") {
    auto other = call("InvokeModel", "{}", 7200);
    other.region = "eu-west-1";
    auto elsewhere = call("InvokeModel", "{}", 60);
    elsewhere.account = "444455556666";
    const HuntActivity activity =
        activity_of({call("GetSendQuota", "{}", 30), call("InvokeModel"), other, elsewhere,
                     call("InvokeModel", "{}", 30, "AccessDenied")});
    const HuntOverview overview = activity.overview();
    REQUIRE(overview.services.size() == 3);
    CHECK(overview.first == k_ten);
    CHECK(overview.last == k_ten + 7200);
    const auto bedrock = std::ranges::find(overview.services, rules::service_index("bedrock"),
                                           &ServiceInAccount::service);
    REQUIRE(bedrock != overview.services.end());
    CHECK(bedrock->account == "111122223333");
    CHECK(bedrock->calls == 3);
    CHECK(bedrock->regions == std::vector<std::string>{"eu-west-1", "us-east-1"});
    CHECK(bedrock->first == k_ten);
    CHECK(bedrock->last == k_ten + 7200);
    CHECK_FALSE(bedrock->has_data_events);
    CHECK(overview.services.back().account == "444455556666");
}

TEST_CASE("hunt overview: nothing") {
    const HuntActivity activity(rules::builtin_catalogue());
    CHECK(activity.overview().services.empty());
    CHECK(activity.calls_over_time(k_hours, {}).front().all() == 0);
    const auto eve = named("eve");
    const PhaseRequest request{.principals = eve, .steps = k_hours};
    CHECK(activity.phases_over_time({&request, 1}).front().empty());
}

TEST_CASE("hunt overview: calls over time, by outcome and by finding") {
    const std::string ann = "arn:aws:iam::111122223333:user/ann";
    const Story story = repeated(call("InvokeModel"), 0, 3) +
                        repeated(call("InvokeModel", "{}", 0, "AccessDenied"), 3600, 2) +
                        Story{call("GetSendQuota", "{}", 3700), by(ann, call("SendEmail"))};
    const HuntActivity activity = activity_of(story);
    HuntFinding finding;
    finding.members = named("arn:aws:iam::111122223333:user/eve");
    const auto counts = activity.calls_over_time(k_hours, {&finding, 1});
    REQUIRE(counts.size() == k_hours.count);
    CHECK(counts[1].found_uses == 3);
    CHECK(counts[1].uses == 1);
    CHECK(counts[2].failed == 2);
    CHECK(counts[2].others == 1);
    CHECK(counts[0].all() + counts[3].all() == 0);
}

TEST_CASE("hunt overview: the phases of some principals") {
    const std::string eve = "arn:aws:iam::111122223333:user/eve";
    const std::string ann = "arn:aws:iam::111122223333:user/ann";
    const HuntActivity activity =
        activity_of(Story{call("GetSendQuota", "{}", 5), call("SendEmail", "{}", 3605),
                          call("SendEmail", "{}", 3610, "AccessDenied")} +
                    Story{by(ann, call("SendEmail", "{}", 10))});
    const auto one = named(eve);
    auto both = named(eve);
    both.push_back(named(ann).front());
    const std::vector<PhaseRequest> requests = {
        {.principals = one, .steps = k_hours},
        {.principals = both, .steps = k_hours},
        {.principals = one, .steps = {.start = k_ten, .step = 60, .count = 1}}};
    const auto phases = activity.phases_over_time(requests);
    REQUIRE(phases.size() == 3);
    REQUIRE(phases[0].size() == 2);
    const auto& use = phases[0].front();
    CHECK(use.phase == rules::Phase::use);
    CHECK(use.step == 2);
    CHECK(use.calls == 2);
    CHECK(use.failed == 1);
    CHECK(use.first == k_ten + 3605);
    CHECK(use.last == k_ten + 3610);
    CHECK(phases[0].back().phase == rules::Phase::recon);
    CHECK(phases[1].size() == 3);
    // Calls outside the steps are not in them.
    REQUIRE(phases[2].size() == 1);
    CHECK(phases[2].front().phase == rules::Phase::recon);
}

TEST_CASE("hunt overview: an hour with more calls than are kept one by one loses none") {
    Story story = repeated(call("SendEmail"), 0, 1500, 2);
    for (std::size_t i = 0; i < story.size(); ++i) {
        const std::string number = std::to_string(100'000 + i);
        story[i].id = "5d6e3119-531e-4947-934c-883afe" + number;
    }
    const HuntActivity activity = activity_of(story + story);  // each event is delivered twice
    const auto counts = activity.calls_over_time(k_hours, {});
    // The number of repeats is an estimate.
    CHECK(counts[1].uses > 1400);
    CHECK(counts[1].uses < 1600);
    CHECK(activity.overview().last == k_ten + 2998);
}

TEST_CASE("hunt overview: a role that appears under two names is one principal") {
    auto with_path = call("SendEmail");
    with_path.type = "AssumedRole";
    with_path.arn = "arn:aws:sts::111122223333:assumed-role/app/s";
    with_path.issuer = "arn:aws:iam::111122223333:role/team/app";
    auto without = with_path;
    without.time = clock(60);
    without.issuer = "arn:aws:iam::111122223333:role/app";
    const HuntActivity activity = activity_of({with_path, without});
    const auto role = named(with_path.issuer);
    const PhaseRequest request{.principals = role, .steps = k_hours};
    const auto phases = activity.phases_over_time({&request, 1});
    REQUIRE(phases.front().size() == 1);
    CHECK(phases.front().front().calls == 2);
    HuntFinding finding;
    finding.members = role;
    CHECK(activity.calls_over_time(k_hours, {&finding, 1})[1].found_uses == 2);
}
