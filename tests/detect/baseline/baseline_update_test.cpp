#include "detect/baseline/baseline_update.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <random>
#include <set>

#include "config/setup_for_tests.hpp"
#include "detect/hunt/story.hpp"
#include "rules/baseline_text.hpp"
#include "rules/history.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::log;
using namespace cloudhijack::rules;
using rules::Baseline;

namespace {

constexpr std::int64_t k_hour = 3600;
constexpr std::int64_t k_day = 24 * k_hour;
constexpr std::int64_t k_start = 1'772'409'600;  // 2 March 2026, 00:00

// With role sessions, which the built-in catalogue does not read.
const config::Setup& setup() {
    static const auto with_links = config::setup_with("[service:links]\ndisabled = false\n");
    return with_links;
}

rules::HuntRules rules_with(const Baseline& known) {
    auto rules = setup().default_config().hunt;
    rules.history = std::make_shared<const rules::History>(std::make_shared<const Baseline>(known));
    return rules;
}

constexpr std::int64_t k_now = k_start + 400 * k_day;
constexpr std::int32_t k_first_day = k_start / k_day;

HuntActivity activity_of(const Story& story) {
    const StoryEvents story_events(story);
    HuntActivity activity(setup().catalogue);
    for (const auto& event : story_events.events()) activity.add(event);
    return activity;
}

BaselineUpdate updated(const Baseline& known, const Story& story,
                       std::size_t most_bytes = k_largest_baseline) {
    return update_baseline(activity_of(story), rules_with(known), k_now, most_bytes);
}

StoryEvent use(std::int64_t second, std::string call = "InvokeModel") {
    return {.time = std::to_string(k_start + second), .call = std::move(call)};
}

StoryEvent session(std::int64_t second, const std::string& role_arn,
                   const std::string& user = "eve") {
    StoryEvent story_event = use(second, "AssumeRole");
    story_event.parameters = R"({"roleArn":")" + role_arn + R"(","roleSessionName":"s"})";
    story_event.arn = "arn:aws:iam::111122223333:user/" + user;
    return story_event;
}

Story uses(std::int64_t second, int times, const std::string& call = "InvokeModel") {
    Story story;
    for (int i = 0; i < times; ++i) story.push_back(use(second + i, call));
    return story;
}

const Baseline::Row* eve(const Baseline& baseline, std::string_view service = "bedrock") {
    return baseline.find("111122223333", "arn:aws:iam::111122223333:user/eve", service);
}

const Baseline::Row* own_row(const Baseline& baseline, const std::string& user) {
    return baseline.find("111122223333", "arn:aws:iam::111122223333:user/" + user, "account");
}

// Days after the start of the stories.
SeenDays days(std::int32_t first, std::int32_t last) {
    return {.first = k_first_day + first, .last = k_first_day + last};
}

std::map<std::string, Baseline::Row> as_map(const Baseline& baseline) {
    std::map<std::string, Baseline::Row> pairs;
    for (const auto& [pair, known] : baseline.rows()) {
        pairs[pair.account + ' ' + pair.principal + ' ' + pair.service] = known;
    }
    return pairs;
}

// The baseline as it is read back from a file with these rows.
Baseline read_again(const Baseline& baseline) {
    Baseline read;
    for (const auto& [pair, row] : baseline.rows()) {
        const auto values = [](const SeenValues& list, ValueKind kind) {
            const auto again = read_values(text_of(list), kind, k_now);
            CHECK(again.problems.empty());
            return again.value;
        };
        read.add(pair, {.first_seen = row.first_seen,
                        .last_seen = row.last_seen,
                        .peak_hour = row.peak_hour,
                        .peak_day = row.peak_day,
                        .peaks = read_peaks(text_of(row.peaks), k_now).value,
                        .phases = values(row.phases, ValueKind::phase),
                        .models = values(row.models, ValueKind::model),
                        .regions = values(row.regions, ValueKind::region),
                        .networks = values(row.networks, ValueKind::network),
                        .clients = values(row.clients, ValueKind::client),
                        .parents = values(row.parents, ValueKind::parent),
                        .made = read_makings(text_of(row.made), k_now).value});
    }
    return read;
}

Story between(const Story& story, std::int64_t from, std::int64_t to) {
    Story part;
    for (const StoryEvent& story_event : story) {
        const std::int64_t second = std::stoll(story_event.time) - k_start;
        if (from <= second && second < to) part.push_back(story_event);
    }
    return part;
}

// Some days of events by a few principals, in order of time, each with its own id.
Story any_story(unsigned seed, int events, std::int64_t length, unsigned models = 40) {
    static const std::vector<std::string> calls = {"InvokeModel", "SendEmail", "GetSendQuota",
                                                   "CreateUser", "PutUseCaseForModelAccess"};
    std::mt19937 random(seed);
    Story story;
    for (int i = 0; i < events; ++i) {
        StoryEvent story_event =
            use(static_cast<std::int64_t>(random()) % length, calls[random() % 5]);
        story_event.arn = "arn:aws:iam::111122223333:user/u" + std::to_string(random() % 4);
        story_event.address = "198." + std::to_string(random() % 24) + ".100.1";
        story_event.agent = "agent" + std::to_string(random() % 12) + "/1";
        story_event.region = random() % 2 == 0 ? "us-east-1" : "eu-west-1";
        if (story_event.call == "InvokeModel") {
            story_event.parameters =
                R"({"modelId":"m)" + std::to_string(random() % models) + R"("})";
        } else if (story_event.call == "CreateUser") {
            story_event.parameters = R"({"userName":"u)" + std::to_string(random() % 8) + R"("})";
        }
        if (random() % 5 == 0) story_event.error = "AccessDenied";
        story.push_back(story_event);
    }
    for (int i = 0; i < events / 10; ++i) {
        const std::string role = random() % 2 == 0 ? "111122223333:role/" : "210987654321:role/";
        story.push_back(session(static_cast<std::int64_t>(random()) % length,
                                "arn:aws:iam::" + role + "r" + std::to_string(random() % 3),
                                "u" + std::to_string(random() % 6)));
    }
    std::ranges::sort(story, {}, &StoryEvent::time);
    for (std::size_t i = 0; i < story.size(); ++i) {
        std::string number = std::to_string(100'000 + i);
        story[i].id = "00000000-0000-4000-8000-000000" + number;
    }
    return story;
}

}  // namespace

TEST_CASE("baseline: it contains the activity of each principal in each service") {
    StoryEvent denied = use(0, "SendEmail");
    denied.error = "AccessDenied";
    const Story story = uses(0, 7) + uses(k_hour, 9) + uses(k_hour + 1800, 3, "SendEmail") +
                        Story{denied, use(1, "GetSendQuota"), use(3 * k_day, "GetSendQuota")};
    const auto after = updated({}, story);
    CHECK(after.added == 3);
    CHECK(after.dropped == 0);
    CHECK(after.ahead == 0);
    CHECK(after.shortened == 0);
    CHECK(after.newest == k_start + 3 * k_day);
    CHECK(after.baseline.rows().size() == 3);
    REQUIRE(eve(after.baseline) != nullptr);
    const Baseline::Row& bedrock = *eve(after.baseline);
    CHECK(bedrock.first_seen == k_start);
    CHECK(bedrock.last_seen == k_start + k_hour + 8);
    CHECK(bedrock.peak_hour == 9);
    CHECK(bedrock.peak_day == 16);
    CHECK(text_of(bedrock.peaks) == "2026-W10=9");
    CHECK(text_of(bedrock.phases) == "use=2026-03-02/2026-03-02");
    CHECK(text_of(bedrock.regions) == "us-east-1=2026-03-02/2026-03-02");
    CHECK(bedrock.networks.is_empty());
    REQUIRE(eve(after.baseline, "ses") != nullptr);
    const Baseline::Row& mail = *eve(after.baseline, "ses");
    CHECK(mail.first_seen == k_start);
    CHECK(mail.last_seen == k_start + k_hour + 1802);
    CHECK(mail.peak_hour == 3);
    CHECK(text_of(mail.phases) == "recon=2026-03-02/2026-03-02 use=2026-03-02/2026-03-02");
    REQUIRE(eve(after.baseline, "account") != nullptr);
    const Baseline::Row& own = *eve(after.baseline, "account");
    CHECK(own.first_seen == k_start);
    CHECK(own.last_seen == k_start + k_hour + 1802);
    CHECK_FALSE(own.has_use());
    CHECK_FALSE(own.peak_day);
    CHECK(own.phases.is_empty());
    CHECK(text_of(own.networks) == "198.51.0.0/16=2026-03-02/2026-03-02");
    CHECK(own.clients.values().size() == 1);
}

TEST_CASE("baseline: recon and failed calls are not use") {
    StoryEvent denied = use(1);
    denied.error = "AccessDenied";
    const auto after = updated({}, {use(0, "GetSendQuota"), denied, use(3 * k_day)});
    REQUIRE(eve(after.baseline, "ses") != nullptr);
    CHECK_FALSE(eve(after.baseline, "ses")->has_use());
    CHECK(text_of(eve(after.baseline, "ses")->phases) == "recon=2026-03-02/2026-03-02");
    REQUIRE(eve(after.baseline) != nullptr);
    CHECK_FALSE(eve(after.baseline)->has_use());
    CHECK(eve(after.baseline)->phases.is_empty());
    CHECK(eve(after.baseline)->regions.is_empty());
}

TEST_CASE("baseline: it contains the models of successful use") {
    StoryEvent model = use(0);
    model.parameters = R"({"modelId":"anthropic.claude=3 opus"})";
    StoryEvent denied = use(1);
    denied.parameters = R"({"modelId":"other"})";
    denied.error = "AccessDenied";
    const auto after = updated({}, {model, denied, use(3 * k_day)});
    CHECK(text_of(eve(after.baseline)->models) ==
          "anthropic.claude%3D3%20opus=2026-03-02/2026-03-02");
}

TEST_CASE("baseline: a day's peak sums its hours, a week's peak is its busiest hour") {
    const Story story =
        uses(k_hour, 4) + uses(5 * k_hour, 6) + uses(7 * k_day, 5) + Story{use(10 * k_day)};
    const auto after = updated({}, story);
    CHECK(eve(after.baseline)->peak_day == 10);
    CHECK(text_of(eve(after.baseline)->peaks) == "2026-W10=6 2026-W11=5");
}

TEST_CASE("baseline: the peaks of the newest 14 weeks with use are kept") {
    Story story;
    for (int week = 0; week < 20; ++week)
        story = std::move(story) + uses(week * 7 * k_day, week + 1);
    const auto after = updated({}, story + Story{use(140 * k_day)});
    const auto& peaks = eve(after.baseline)->peaks;
    CHECK(peaks.size() == k_most_weeks);
    CHECK(peaks.begin()->second == 7);
    CHECK(peaks.rbegin()->second == 20);
}

TEST_CASE("baseline: it contains the maker of a principal, and the kind of source") {
    StoryEvent made = use(k_hour, "CreateUser");
    made.parameters = R"({"userName":"kid"})";
    made.address = "10.0.0.1";  // a private address is known without any history
    StoryEvent again = made;
    again.time = std::to_string(k_start + 5 * k_hour);
    again.address = "203.0.113.1";
    const Story story = {made, again, use(3 * k_day)};
    const auto first = updated({}, story).baseline;
    REQUIRE(own_row(first, "kid") != nullptr);
    const Baseline::Row& kid = *own_row(first, "kid");
    CHECK(text_of(kid.made) ==
          "2026-03-02T01:00:00Z/arn:aws:iam::111122223333:user/eve/k "
          "2026-03-02T05:00:00Z/arn:aws:iam::111122223333:user/eve/s");
    CHECK(kid.first_seen == kid.last_seen);
    CHECK(kid.last_seen == k_start + 5 * k_hour);
    CHECK(kid.has_only_links());
    CHECK(as_map(updated(first, story).baseline) == as_map(first));

    // Once it acts, its first call sets the time when it was first seen.
    StoryEvent own = use(4 * k_day, "GetSendQuota");
    own.arn = "arn:aws:iam::111122223333:user/kid";
    const auto later = updated(first, {own, use(6 * k_day)}).baseline;
    CHECK(own_row(later, "kid")->first_seen == k_start + 4 * k_day);
    CHECK(own_row(later, "kid")->made == kid.made);
    CHECK_FALSE(own_row(later, "kid")->has_only_links());

    // The newest four are kept, for at most 90 days.
    Story many;
    for (int i = 0; i < 6; ++i) {
        made.time = std::to_string(k_start + i * k_day);
        many.push_back(made);
    }
    const auto newest = updated({}, many + Story{use(9 * k_day)}).baseline;
    CHECK(own_row(newest, "kid")->made.size() == Baseline::Making::k_most);
    CHECK(own_row(newest, "kid")->made.front().second == k_start + 2 * k_day);
    CHECK(own_row(updated(newest, {use(93 * k_day)}).baseline, "kid")->made.size() == 3);
}

TEST_CASE("baseline: it contains the principals that assume a role") {
    const std::string own = "arn:aws:iam::111122223333:role/team/app";
    const std::string partners = "arn:aws:iam::210987654321:role/app";
    StoryEvent denied = session(0, own, "mallory");
    denied.error = "AccessDenied";
    StoryEvent damaged = session(0, own, "mallory");
    damaged.parameters = R"({"roleArn":"arn:aws:iam::11112222)";
    StoryEvent nameless = damaged;
    nameless.parameters = R"({"roleSessionName":"s"})";
    const Story story = {session(0, own),
                         session(k_day, own, "bob"),
                         session(2 * k_day, own),
                         session(k_day + 1, partners),
                         session(0, "arn:aws:iam::111122223333:user/x", "mallory"),
                         session(0, "app", "mallory"),
                         denied,
                         damaged,
                         nameless,
                         session(3 * k_day, own, "cid"),  // left for the next range
                         use(4 * k_day)};
    const auto after = updated({}, story).baseline;
    const Baseline::Row* row = after.find("111122223333", own, "account");
    REQUIRE(row != nullptr);
    CHECK(text_of(row->parents) ==
          "arn:aws:iam::111122223333:user/bob=2026-03-03/2026-03-03 "
          "arn:aws:iam::111122223333:user/eve=2026-03-02/2026-03-04");
    CHECK(row->has_only_links());
    CHECK(row->first_seen == k_start + 2 * k_day);
    CHECK(row->last_seen == row->first_seen);
    const Baseline::Row* elsewhere = after.find("210987654321", partners, "account");
    REQUIRE(elsewhere != nullptr);
    CHECK(text_of(elsewhere->parents) ==
          "arn:aws:iam::111122223333:user/eve=2026-03-03/2026-03-03");
    for (const auto& [pair, each] : after.rows()) {
        CHECK(each.parents.is_empty() == (pair.service != "account"));
        CHECK_FALSE(text_of(each.parents).contains("mallory"));
    }
    CHECK(as_map(updated(after, story).baseline) == as_map(after));
    CHECK(as_map(read_again(after)) == as_map(after));
    const History history(std::make_shared<const Baseline>(after));
    CHECK_FALSE(history.is_own_account("210987654321"));
    CHECK_FALSE(history.parents_of("111122223333", "role/app").is_empty());

    // A caller that does nothing else has no row for itself, but one for this activity.
    CHECK(own_row(after, "bob") == nullptr);
    const std::string bob = "arn:aws:iam::111122223333:user/bob";
    REQUIRE(after.find("111122223333", bob, "links") != nullptr);
    CHECK(text_of(after.find("111122223333", bob, "links")->phases) ==
          "link=2026-03-03/2026-03-03");
}

TEST_CASE("baseline: the parents of a role when it starts and stops acting") {
    const std::string role = "arn:aws:iam::111122223333:role/app";
    StoryEvent acting = use(8 * k_day);
    acting.arn = role;
    acting.type = "AssumedRole";
    acting.issuer = role;
    const auto row = [&role](const Baseline& baseline) {
        return baseline.find("111122223333", role, "account");
    };
    Baseline nightly;
    const Baseline::Row* seen = nullptr;
    for (int day = 0; day < 200; ++day) {
        Story range = {session(day * k_day, role), use((day + 1) * k_day + 2 * k_hour)};
        if (day == 8) range.push_back(acting);
        nightly = read_again(updated(nightly, range).baseline);
        seen = row(nightly);
        CAPTURE(day);
        REQUIRE(seen != nullptr);
        CHECK(seen->parents.values().begin()->second == days(0, day));
        // The newest event is one day later: values older than 90 days before it have expired.
        const bool is_acting = day >= 8 && day + 1 <= 8 + k_days_remembered;
        CHECK(seen->has_only_links() == !is_acting);
        CHECK(seen->first_seen == (is_acting ? k_start + 8 * k_day : k_start + day * k_day));
        CHECK(seen->networks.is_empty() == !is_acting);
    }
    // Without a parent the row is dropped.
    CHECK(row(updated(nightly, {use((199 + 90) * k_day)}).baseline) != nullptr);
    const auto later = updated(nightly, {use((199 + 91) * k_day)});
    CHECK(row(later.baseline) == nullptr);
    CHECK(later.dropped > 0);
}

TEST_CASE("baseline: a role that is made and assumed is as old as its making") {
    StoryEvent made = use(k_hour, "CreateRole");
    made.parameters = R"({"roleName":"app"})";
    const std::string role = "arn:aws:iam::111122223333:role/app";
    const Story story = {made, session(2 * k_day, role), use(4 * k_day)};
    const auto after = updated({}, story).baseline;
    const Baseline::Row* row = after.find("111122223333", role, "account");
    REQUIRE(row != nullptr);
    CHECK(row->made.size() == 1);
    CHECK(row->parents.values().size() == 1);
    CHECK(row->first_seen == k_start + k_hour);
    CHECK(row->has_only_links());
    CHECK(as_map(updated(after, story).baseline) == as_map(after));
}

TEST_CASE("baseline: of too many parents only the days remain") {
    const std::string role = "arn:aws:iam::111122223333:role/app";
    const auto parents = [&role](std::size_t count) {
        Story story = {use(4 * k_day)};
        for (std::size_t i = 0; i < count; ++i) {
            story.push_back(session(static_cast<std::int64_t>(i), role, std::to_string(i)));
        }
        const auto after = updated({}, story).baseline;
        return after.find("111122223333", role, "account")->parents;
    };
    CHECK(parents(k_most_values).values().size() == k_most_values);
    CHECK(text_of(parents(k_most_values + 1)) == "*=2026-03-02/2026-03-02");
}

TEST_CASE("baseline: the peak counts messages in a whole UTC hour over all regions") {
    StoryEvent bulk = use(10, "SendEmail");
    bulk.parameters = R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"]}})";
    StoryEvent elsewhere = use(3599, "SendEmail");
    elsewhere.region = "eu-west-1";
    const auto after = updated({}, {bulk, elsewhere, use(3600, "SendEmail"), use(2 * k_day)});
    CHECK(eve(after.baseline, "ses")->peak_hour == 4);
}

TEST_CASE(
    "baseline: hours that end within a day before the newest event are left for the next range") {
    const Story story = uses(0, 5);
    CHECK(eve(updated({}, story + Story{use(k_hour + k_day)}).baseline) == nullptr);
    const auto later = updated({}, story + Story{use(k_hour + k_day + 1)});
    REQUIRE(eve(later.baseline) != nullptr);
    CHECK(eve(later.baseline)->last_seen == k_start + 4);
}

TEST_CASE("baseline: an event that is delivered twice counts once") {
    Story story = uses(0, 5) + Story{use(3 * k_day)};
    for (std::size_t i = 0; i < story.size(); ++i) {
        story[i].id = "00000000-0000-4000-8000-00000000010" + std::to_string(i);
    }
    CHECK(as_map(updated({}, story + story).baseline) == as_map(updated({}, story).baseline));
}

TEST_CASE("baseline: without an event that counts, it is unchanged") {
    const auto known = updated({}, uses(0, 5) + Story{use(3 * k_day)}).baseline;
    const auto after = updated(known, {});
    CHECK_FALSE(after.newest);
    CHECK(as_map(after.baseline) == as_map(known));
}

TEST_CASE("baseline: a pair unseen for 90 days is dropped, and others keep their data") {
    Baseline known;
    const auto add = [&known](std::string principal, std::string service, std::int64_t last) {
        known.add(
            {.account = "1", .principal = std::move(principal), .service = std::move(service)},
            {.first_seen = k_start - 200 * k_day, .last_seen = last, .peak_hour = 4});
    };
    const std::int64_t newest = k_start + 2 * k_day;
    add("at 90 days", "ses", newest - 90 * k_day);
    add("beyond", "ses", newest - 90 * k_day - 1);
    add("of a service that is no more", "polly", newest - k_day);
    const auto after = updated(known, {use(2 * k_day)});
    CHECK(after.dropped == 1);
    CHECK(after.added == 0);
    CHECK(after.baseline.find("1", "at 90 days", "ses") != nullptr);
    CHECK(after.baseline.find("1", "beyond", "ses") == nullptr);
    CHECK(after.baseline.find("1", "of a service that is no more", "polly") != nullptr);
}

TEST_CASE("baseline: a long range forgets what a later range would forget") {
    const Story story = uses(0, 3) + uses(100 * k_day, 2, "SendEmail");
    const auto after = updated({}, story + Story{use(103 * k_day, "SendEmail")});
    CHECK(eve(after.baseline) == nullptr);
    CHECK(eve(after.baseline, "ses") != nullptr);
    CHECK(after.added == 2);  // with the principal's own row
    CHECK(after.dropped == 0);
}

TEST_CASE("baseline: a pair that was just seen again is not dropped") {
    const auto known = updated({}, uses(0, 3) + Story{use(3 * k_day, "GetSendQuota")}).baseline;
    const auto after =
        updated(known, {use(100 * k_day)});  // in an hour that is left for the next range
    REQUIRE(eve(after.baseline) != nullptr);
    CHECK(eve(after.baseline)->last_seen == k_start + 2);
}

TEST_CASE("baseline: an event with a wrong time does not make the baseline look old") {
    const auto known = updated({}, uses(0, 3) + Story{use(3 * k_day)}).baseline;
    const std::map<std::string, std::uint64_t> times = {{"2062-01-01T00:00:00Z", 1},
                                                        {"9999-12-31T23:59:59Z", 1},
                                                        {"0001-01-01T00:00:00+23:59", 0},
                                                        {"1969-12-31T23:59:59Z", 0}};
    for (const auto& [time, ahead] : times) {
        StoryEvent wrong = use(0);
        wrong.time = time;
        const auto after = updated(known, {wrong});
        CHECK(as_map(after.baseline) == as_map(known));
        CHECK_FALSE(after.newest);
        CHECK(after.ahead == ahead);
        CHECK(after.now == k_now);
    }
}

TEST_CASE("baseline: events more than a day ahead of the clock are counted once") {
    StoryEvent logging = use(402 * k_day, "PutModelInvocationLoggingConfiguration");
    logging.parameters = R"({"loggingConfig":{"textDataDeliveryEnabled":false}})";
    const auto after = updated({}, uses(402 * k_day, 7) + Story{logging, use(401 * k_day)});
    CHECK(after.ahead == 8);
    CHECK(after.newest == k_start + 401 * k_day);
}

TEST_CASE("baseline: a list of too many values recovers 90 days later") {
    Story story;
    for (int i = 0; i < 33; ++i) {
        StoryEvent story_event = use(i);
        story_event.address = "198." + std::to_string(i) + ".0.1";
        story_event.agent = "agent" + std::to_string(i % 16) + "/1";
        story_event.parameters = R"({"modelId":"m)" + std::to_string(i % 32) + R"("})";
        story.push_back(story_event);
    }
    const auto capped = updated({}, story + Story{use(2 * k_day)}).baseline;
    CHECK(text_of(own_row(capped, "eve")->networks) == "*=2026-03-02/2026-03-02");
    CHECK(own_row(capped, "eve")->clients.values().size() == k_most_clients);
    CHECK(eve(capped)->models.values().size() == k_most_values);
    // If not all values appear a second time, the list is unchanged.
    const auto again = updated(capped, between(story, 0, 5) + Story{use(2 * k_day)}).baseline;
    CHECK(as_map(again) == as_map(capped));
    const auto cut = [&story](std::size_t place, std::string agent) {
        Story more = story;
        more.push_back(more.at(place));
        more.back().agent = std::move(agent);
        return more;
    };
    const auto clients = updated({}, cut(0, "one more/1") + Story{use(2 * k_day)}).baseline;
    CHECK(text_of(own_row(clients, "eve")->clients) == "*=2026-03-02/2026-03-02");

    Baseline nightly = capped;
    for (int day = 1; day < 100; ++day) {
        nightly =
            updated(nightly, {use(day * k_day), use((day + 1) * k_day + 2 * k_hour)}).baseline;
        CAPTURE(day);
        const SeenValues& networks = own_row(nightly, "eve")->networks;
        CHECK(networks.too_many().has_value() == (day <= 89));
        CHECK(networks.is_informative() == (day > 89));
    }
}

TEST_CASE(
    "baseline: a file that would be too large loses the lists of the pairs unseen for longest") {
    Story story;
    for (int user = 0; user < 3; ++user) {
        for (int i = 0; i < 12; ++i) {
            StoryEvent story_event = use(user * k_day + i);
            story_event.arn = "arn:aws:iam::111122223333:user/u" + std::to_string(user);
            story_event.address = "198." + std::to_string(i) + ".0.1";
            story_event.agent = "agent" + std::to_string(i % 3) + "/1";
            story.push_back(story_event);
        }
    }
    story.push_back(use(9 * k_day));
    const auto whole = updated({}, story);
    std::size_t bytes = 0;
    for (const auto& entry : whole.baseline.rows()) bytes += bytes_of(entry);
    CHECK(updated({}, story, bytes).shortened == 0);
    const auto smaller = updated({}, story, bytes - 1);
    CHECK(smaller.shortened == 1);
    CHECK(text_of(own_row(smaller.baseline, "u0")->networks) == "*=2026-03-02/2026-03-02");
    CHECK(own_row(smaller.baseline, "u0")->clients.values().size() == 3);
    CHECK(own_row(smaller.baseline, "u1")->networks == own_row(whole.baseline, "u1")->networks);
    const auto smallest = updated({}, story, 0);
    CHECK(text_of(own_row(smallest.baseline, "u2")->clients) == "*=2026-03-04/2026-03-04");
    CHECK(smallest.baseline.rows().size() == whole.baseline.rows().size());
}

TEST_CASE("baseline: the longest possible row can be read back") {
    Baseline::Row row{.peak_day = k_largest_peak};
    for (auto* list :
         {&row.phases, &row.models, &row.regions, &row.networks, &row.clients, &row.parents}) {
        for (std::size_t i = 0; i < k_most_values; ++i) {
            list->add(std::string(SeenValues::k_longest - 2, '=') + std::to_string(10 + i),
                      days(0, 1));
        }
    }
    for (std::size_t i = 0; i < Baseline::Making::k_most; ++i) {
        row.add_making({.second = static_cast<std::int64_t>(i), .maker = std::string(256, '%')});
    }
    CHECK(bytes_of({{.account = "1", .principal = std::string(4096, '"'), .service = "ses"}, row}) <
          1024 * 1024);
}

TEST_CASE("baseline: an upgrade from a file of an older version") {
    Baseline old;
    old.add({.account = "111122223333",
             .principal = "arn:aws:iam::111122223333:user/eve",
             .service = "bedrock"},
            {.first_seen = k_start - 60 * k_day, .last_seen = k_start - k_day, .peak_hour = 40});
    Baseline nightly = old;
    for (int night = 2; night < 14; ++night) {
        Story range;
        for (int day = std::max(0, night - 3); day < night; ++day) {
            range = std::move(range) + uses(day * k_day + 10 * k_hour, 5) +
                    Story{use(day * k_day + 12 * k_hour, "GetSendQuota")};
        }
        nightly = updated(nightly, range).baseline;
        CAPTURE(night);
        const Baseline::Row& row = *eve(nightly);
        CHECK(row.first_seen == k_start - 60 * k_day);
        CHECK(row.peak_hour == 40);
        CHECK(row.peak_day == 40);  // not the 5 of the first day that has a day's peak
        // On day 7 the lists are a week old, and the night after day 8 learns that day.
        const bool is_old = night >= 9;
        const History history(std::make_shared<const Baseline>(nightly));
        const auto* account = history.account("111122223333");
        const auto* principal = account->principal("arn:aws:iam::111122223333:user/eve");
        CHECK(principal->networks_are_informative == is_old);
        CHECK(principal->clients_are_informative == is_old);
        CHECK(account->usual_networks.empty() == !is_old);
        CHECK(row.regions.is_informative() == is_old);
        CHECK_FALSE(principal->is_young_at(k_start));
    }
}

TEST_CASE("baseline: a visitor becomes usual only after more than a week") {
    const auto visited_until = [](int last_day) {
        Baseline nightly;
        std::set<int> usual_nights;
        for (int night = 1; night <= 60; ++night) {
            Story range;
            for (int day = std::max(0, night - 3); day < night; ++day) {
                range = std::move(range) + uses(day * k_day + 12 * k_hour, 3);
                if (day < 20 || day > last_day) continue;
                StoryEvent visit = use(day * k_day + 10 * k_hour);
                visit.address = "203.0.113.1";
                range = Story{visit} + range;
            }
            nightly = updated(nightly, range).baseline;
            const auto* row = own_row(nightly, "eve");
            if (row != nullptr && row->networks.is_usual("203.0.0.0/16"))
                usual_nights.insert(night);
        }
        return usual_nights;
    };
    CHECK(visited_until(25).empty());  // six days
    CHECK(visited_until(26).empty());  // a week
    // The night after day 28 learns the eighth day, 27.
    const auto nights = visited_until(27);
    REQUIRE_FALSE(nights.empty());
    CHECK(*nights.begin() == 29);
    CHECK(nights.size() == 32);
}

TEST_CASE("baseline: any split of a range, merged in any order, gives the same rows") {
    for (unsigned seed = 0; seed < 8; ++seed) {
        CAPTURE(seed);
        const Story story = any_story(seed, 500, 12 * k_day);
        const auto known = updated({}, between(story, 0, 4 * k_day)).baseline;
        const auto whole = as_map(updated(known, story).baseline);
        std::mt19937 random(seed);
        std::vector<Story> parts(4);
        for (const StoryEvent& story_event : story) {
            parts[random() % parts.size()].push_back(story_event);
            if (random() % 10 == 0) parts[random() % parts.size()].push_back(story_event);  // twice
        }
        for (int order = 0; order < 3; ++order) {
            std::ranges::shuffle(parts, random);
            HuntActivity all = activity_of(parts[0]);
            for (std::size_t i = 1; i < parts.size(); ++i) all.merge(activity_of(parts[i]));
            CHECK(as_map(update_baseline(all, rules_with(known), k_now).baseline) == whole);
        }
    }
}

TEST_CASE(
    "baseline: overlapping ranges change nothing, and a written file is read back unchanged") {
    for (unsigned seed = 20; seed < 28; ++seed) {
        CAPTURE(seed);
        const Story story = any_story(seed, 600, 12 * k_day);
        const auto after = updated({}, story).baseline;
        CHECK(as_map(read_again(after)) == as_map(after));
        CHECK(as_map(updated(after, story).baseline) == as_map(after));
        CHECK(as_map(updated(after, between(story, 2 * k_day, 9 * k_day)).baseline) ==
              as_map(after));
    }
}

TEST_CASE("baseline: a missed night is caught up") {
    // A list that has too many values one night later has other days, so sources are not compared.
    const Story story = any_story(40, 800, 20 * k_day, 30);
    const auto nightly = [&story](std::set<int> missed, std::int64_t length) {
        Baseline baseline;
        for (int night = 1; night <= 20; ++night) {
            if (missed.contains(night)) continue;
            baseline = read_again(
                updated(baseline, between(story, night * k_day - length, night * k_day)).baseline);
        }
        return as_map(baseline);
    };
    const auto without_sources = [](auto rows) {
        for (auto& [pair, row] : rows) {
            for (auto& making : row.made) making.is_from_known_source = false;
        }
        return rows;
    };
    // Three days are not enough for the last hour of the first day, which the night before had
    // left.
    CHECK(without_sources(nightly({7, 12, 15}, 4 * k_day)) ==
          without_sources(nightly({}, 3 * k_day)));
}

TEST_CASE("baseline: a year of nights, each over three days") {
    constexpr int days = 365;
    const auto on_day = [](int day) {
        Story story;
        const std::int64_t begin = day * k_day;
        const auto add = [&](std::string who, std::int64_t hour, int times, const char* call) {
            for (int i = 0; i < times; ++i) {
                StoryEvent story_event = use(begin + hour * k_hour + i, call);
                story_event.arn = "arn:aws:iam::111122223333:user/" + who;
                story.push_back(std::move(story_event));
            }
        };
        add("backend", 10, 20, "InvokeModel");
        if (day % 7 == 0) add("newsletter", 9, 30, "SendEmail");
        if (day < 100) add("leaver", 11, 4, "Publish");
        if (day >= 200) add("hire", 14, 5, "InvokeModel");
        if (day == 150) add("backend", 12, 80, "InvokeModel");
        if (day == 60 || day == 300) add("yearly", 8, 2, "SendEmail");
        return story;
    };
    const auto find = [](const Baseline& baseline, const std::string& who,
                         std::string_view service) {
        return baseline.find("111122223333", "arn:aws:iam::111122223333:user/" + who, service);
    };
    std::vector<Story> stories;
    for (int day = 0; day < days; ++day) stories.push_back(on_day(day));
    Baseline baseline;
    for (int night = 1; night <= days; ++night) {  // at midnight after day `night` - 1
        Story range;
        for (int day = std::max(0, night - 3); day < night; ++day) {
            range = std::move(range) + stories[static_cast<std::size_t>(day)];
        }
        baseline = updated(baseline, range).baseline;
        CAPTURE(night);
        const auto* backend = find(baseline, "backend", "bedrock");
        CHECK((backend != nullptr) ==
              (night >= 2));  // before day 100 the newest event is at 11:00:03
        if (backend != nullptr) {
            CHECK(backend->first_seen == k_start + 10 * k_hour);
            // The burst of day 150 becomes normal once its hour, 12:00, ended a day before the
            // newest event, which is at 10:00: on the third night.
            CHECK(backend->peak_hour == (night < 153 ? 20 : 80));
        }
        const auto* newsletter = find(baseline, "newsletter", "ses");
        CHECK((newsletter != nullptr) == (night >= 2));
        if (newsletter != nullptr) CHECK(newsletter->peak_hour == 30);
        const bool knows_leaver = find(baseline, "leaver", "sns") != nullptr;
        CHECK(knows_leaver == (night >= 3 && night <= 190));  // 90 days after day 99
        CHECK((find(baseline, "hire", "bedrock") != nullptr) == (night >= 203));
        const bool knows_yearly = find(baseline, "yearly", "ses") != nullptr;
        CHECK(knows_yearly == ((night >= 62 && night <= 151) || night >= 302));
        const History history(std::make_shared<const Baseline>(baseline));
        CHECK((history.account("111122223333") != nullptr) == (night >= 2));
    }
}

TEST_CASE("baseline: a Friday before a silent weekend is learned from five days, not from three") {
    // Monday to Friday are the days 0 to 4; the newest event decides until when hours are learned.
    const auto learned = [](int days_of_a_range) {
        Baseline baseline;
        for (int night = 1; night <= 9; ++night) {
            Story range;
            for (int day = std::max(0, night - days_of_a_range); day < night; ++day) {
                if (day % 7 > 4) continue;
                StoryEvent story_event = use((day * k_day) + (16 * k_hour), "InvokeModel");
                story_event.arn = day == 4 ? "arn:aws:iam::111122223333:user/friday"
                                           : "arn:aws:iam::111122223333:user/others";
                range.push_back(std::move(story_event));
            }
            if (!range.empty()) baseline = updated(baseline, range).baseline;
        }
        return baseline.find("111122223333", "arn:aws:iam::111122223333:user/friday", "bedrock") !=
               nullptr;
    };
    CHECK(learned(5));
    CHECK_FALSE(learned(3));
}
