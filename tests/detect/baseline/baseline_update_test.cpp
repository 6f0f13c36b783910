#include "detect/baseline/baseline_update.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "detect/hunt/story.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::log;
using namespace cloudhijack::rules;
using rules::Baseline;

namespace {

constexpr std::int64_t k_hour = 3600;
constexpr std::int64_t k_day = 24 * k_hour;
constexpr std::int64_t k_start = 1'772'409'600;  // 2 March 2026, 00:00

rules::HuntRules rules_with(const Baseline& known) {
    auto rules = builtin_config().hunt;
    rules.baseline = std::make_shared<const Baseline>(known);
    return rules;
}

detect::BaselineUpdate updated(const Baseline& known, const Story& story) {
    const ToldEvents told(story);
    detect::HuntActivity activity(builtin_catalogue());
    for (const auto& event : told.events()) activity.add(event);
    return detect::update_baseline(activity, rules_with(known), k_start + 400 * k_day);
}

Told use(std::int64_t second, std::string call = "InvokeModel") {
    return {.time = std::to_string(k_start + second), .call = std::move(call)};
}

Story uses(std::int64_t second, int times, const std::string& call = "InvokeModel") {
    Story story;
    for (int i = 0; i < times; ++i) story.push_back(use(second + i, call));
    return story;
}

const Baseline::Use* eve(const Baseline& baseline, std::string_view service = "bedrock") {
    return baseline.find("111122223333", "arn:aws:iam::111122223333:user/eve", service);
}

std::map<std::string, Baseline::Use> as_map(const Baseline& baseline) {
    std::map<std::string, Baseline::Use> pairs;
    for (const auto& [pair, known] : baseline.pairs()) {
        pairs[pair.account + ' ' + pair.principal + ' ' + pair.service] = known;
    }
    return pairs;
}

}  // namespace

TEST_CASE("baseline: it holds successful use by principal and service") {
    Told denied = use(0, "SendEmail");
    denied.error = "AccessDenied";
    const Story story = uses(0, 7) + uses(k_hour, 9) + uses(k_hour + 1800, 3, "SendEmail") +
                        Story{denied, use(1, "GetSendQuota"), use(3 * k_day, "GetSendQuota")};
    const auto after = updated({}, story);
    CHECK(after.added == 2);
    CHECK(after.dropped == 0);
    CHECK(after.newest == k_start + 3 * k_day);
    REQUIRE(eve(after.baseline) != nullptr);
    CHECK(
        (*eve(after.baseline) ==
         Baseline::Use{.first_seen = k_start, .last_seen = k_start + k_hour + 8, .peak_hour = 9}));
    REQUIRE(eve(after.baseline, "ses") != nullptr);
    CHECK(eve(after.baseline, "ses")->peak_hour == 3);
    CHECK(after.baseline.pairs().size() == 2);
}

TEST_CASE("baseline: the peak is of messages, and of a whole UTC hour over all regions") {
    Told bulk = use(10, "SendEmail");
    bulk.parameters = R"({"destination":{"toAddresses":["a","b"],"ccAddresses":["c"]}})";
    Told elsewhere = use(3599, "SendEmail");
    elsewhere.region = "eu-west-1";
    const auto after = updated({}, {bulk, elsewhere, use(3600, "SendEmail"), use(2 * k_day)});
    CHECK(eve(after.baseline, "ses")->peak_hour == 4);
}

TEST_CASE("baseline: hours that end within a day before the newest event are left out") {
    const Story story = uses(0, 5);
    CHECK(eve(updated({}, story + Story{use(k_hour + k_day)}).baseline) == nullptr);
    const auto later = updated({}, story + Story{use(k_hour + k_day + 1)});
    REQUIRE(eve(later.baseline) != nullptr);
    CHECK(eve(later.baseline)->last_seen == k_start + 4);
}

TEST_CASE("baseline: an event that comes twice counts once") {
    Story story = uses(0, 5) + Story{use(3 * k_day)};
    for (std::size_t i = 0; i < story.size(); ++i) {
        story[i].id = "00000000-0000-4000-8000-00000000010" + std::to_string(i);
    }
    CHECK(as_map(updated({}, story + story).baseline) == as_map(updated({}, story).baseline));
}

TEST_CASE("baseline: without an event that counts it stays as it is") {
    const auto known = updated({}, uses(0, 5) + Story{use(3 * k_day)}).baseline;
    const auto after = updated(known, {});
    CHECK_FALSE(after.newest);
    CHECK(as_map(after.baseline) == as_map(known));
}

TEST_CASE("baseline: a pair unseen for 90 days is dropped, and others keep what they had") {
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

TEST_CASE("baseline: a long range forgets what a later one would") {
    const Story story = uses(0, 3) + uses(100 * k_day, 2, "SendEmail");
    const auto after = updated({}, story + Story{use(103 * k_day, "SendEmail")});
    CHECK(eve(after.baseline) == nullptr);
    CHECK(eve(after.baseline, "ses") != nullptr);
    CHECK(after.added == 1);
    CHECK(after.dropped == 0);
}

TEST_CASE("baseline: a pair that was just seen again is not dropped") {
    const auto known = updated({}, uses(0, 3) + Story{use(3 * k_day, "GetSendQuota")}).baseline;
    const auto after = updated(known, {use(100 * k_day)});  // in an hour that is left
    REQUIRE(eve(after.baseline) != nullptr);
    CHECK(eve(after.baseline)->last_seen == k_start + 2);
}

TEST_CASE("baseline: an event with a wrong time makes nothing look old") {
    const auto known = updated({}, uses(0, 3) + Story{use(3 * k_day)}).baseline;
    for (const char* time : {"2062-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                             "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z"}) {
        Told wrong = use(0);
        wrong.time = time;
        const auto after = updated(known, {wrong});
        CHECK(as_map(after.baseline) == as_map(known));
        CHECK_FALSE(after.newest);
    }
}

TEST_CASE("baseline: ranges may overlap and come in any order of days") {
    std::mt19937 random(3);
    Story story;
    for (int i = 0; i < 400; ++i) {
        Told told = use(static_cast<std::int64_t>(random() % (8 * k_day)),
                        random() % 2 == 0 ? "InvokeModel" : "SendEmail");
        told.arn = "arn:aws:iam::111122223333:user/u" + std::to_string(random() % 5);
        story.push_back(told);
    }
    std::ranges::sort(story, {}, &Told::time);
    const auto range = [&story](std::int64_t from, std::int64_t to) {
        Story part;
        for (const Told& told : story) {
            const std::int64_t second = std::stoll(told.time) - k_start;
            if (from <= second && second < to) part.push_back(told);
        }
        return part;
    };
    const auto whole = updated({}, story).baseline;
    Baseline nightly;
    for (int night = 1; night <= 8; ++night) {
        nightly = updated(nightly, range((night - 3) * k_day, night * k_day)).baseline;
    }
    CHECK(as_map(nightly) == as_map(whole));
    CHECK(as_map(updated(nightly, range(2 * k_day, 6 * k_day)).baseline) == as_map(whole));
}

TEST_CASE("baseline: a year of nights, each over three days") {
    constexpr int days = 365;
    const auto on_day = [](int day) {
        Story story;
        const std::int64_t begin = day * k_day;
        const auto add = [&](std::string who, std::int64_t hour, int times, const char* call) {
            for (int i = 0; i < times; ++i) {
                Told told = use(begin + hour * k_hour + i, call);
                told.arn = "arn:aws:iam::111122223333:user/" + who;
                story.push_back(std::move(told));
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
    std::vector<Story> told;
    for (int day = 0; day < days; ++day) told.push_back(on_day(day));
    Baseline baseline;
    for (int night = 1; night <= days; ++night) {  // at midnight, behind day `night` - 1
        Story range;
        for (int day = std::max(0, night - 3); day < night; ++day) {
            range = std::move(range) + told[static_cast<std::size_t>(day)];
        }
        baseline = updated(baseline, range).baseline;
        CAPTURE(night);
        const auto* backend = find(baseline, "backend", "bedrock");
        CHECK((backend != nullptr) == (night >= 2));  // before day 100 the newest is at 11:00:03
        if (backend != nullptr) {
            CHECK(backend->first_seen == k_start + 10 * k_hour);
            // The burst of day 150 is usual when its hour, 12:00, ended a day before the newest
            // event, which is at 10:00: on the third night.
            CHECK(backend->peak_hour == (night < 153 ? 20 : 80));
        }
        const auto* newsletter = find(baseline, "newsletter", "ses");
        CHECK((newsletter != nullptr) == (night >= 2));
        if (newsletter != nullptr) CHECK(newsletter->peak_hour == 30);
        const bool knows_leaver = find(baseline, "leaver", "sns") != nullptr;
        CHECK(knows_leaver == (night >= 3 && night <= 190));  // 90 days behind day 99, at 11:00
        CHECK((find(baseline, "hire", "bedrock") != nullptr) == (night >= 203));
        const bool knows_yearly = find(baseline, "yearly", "ses") != nullptr;
        CHECK(knows_yearly == ((night >= 62 && night <= 150) || night >= 302));
        CHECK(baseline.known_from("111122223333").has_value() == (night >= 2));
    }
}
