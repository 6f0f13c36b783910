#include "detect/volume_activity.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

using namespace cloudhijack;
using namespace cloudhijack::detect;
using cloudtrail::Event;
using cloudtrail::Time;
using std::chrono::seconds;
using Added = VolumeActivity::Added;

namespace {

Event invocation() {
    Event event;
    event.source = "bedrock.amazonaws.com";
    event.name = "InvokeModel";
    event.time_text = "2026-01-01T00:30:00Z";
    event.caller_arn = "arn:aws:iam::1:user/alice";
    event.caller_type = "IAMUser";
    event.source_address = "2001:db8::1";
    event.region = "us-east-1";
    return event;
}

VolumeRules rules_for_all(seconds span) {
    auto rules = VolumeRules::defaults();
    rules.thresholds = {0, 0, 0};
    rules.span = span;
    return rules;
}

constexpr seconds k_hour = std::chrono::hours{1};

std::vector<VolumeFinding> findings_of(const VolumeActivity& activity, seconds span = k_hour) {
    return activity.findings(rules_for_all(span));
}

}  // namespace

TEST_CASE("volume activity: what is counted") {
    VolumeActivity activity(k_hour);
    CHECK(activity.add(invocation(), {}) == Added::counted);
    Event failed = invocation();
    failed.error_code = "200";
    CHECK(activity.add(failed, {}) == Added::irrelevant);
    Event other = invocation();
    other.name = "ListFoundationModels";
    other.time_text = "";
    CHECK(activity.add(other, {}) == Added::irrelevant);
    Event undated = invocation();
    undated.time_text = "yesterday";
    CHECK(activity.add(undated, {}) == Added::undated);
    undated.error_code = "AccessDenied";
    CHECK(activity.add(undated, {}) == Added::undated);
    CHECK(activity.add(undated, Time{seconds{1}}) == Added::irrelevant);
    REQUIRE(findings_of(activity).size() == 1);
    CHECK(findings_of(activity).front().group.event_count == 1);
}

TEST_CASE("volume activity: the row's time goes before the event's own") {
    VolumeActivity activity(k_hour);
    activity.add(invocation(), Time{seconds{7'300}});
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].group.span_start == Time{seconds{7'200}});
    CHECK(findings[0].group.first_event == Time{seconds{7'300}});
}

TEST_CASE("volume activity: spans begin at multiples of their length, before 1970 too") {
    VolumeActivity activity(seconds{7});
    activity.add(invocation(), Time{seconds{13}});
    activity.add(invocation(), Time{seconds{14}});
    activity.add(invocation(), Time{std::chrono::microseconds{-1}});
    activity.add(invocation(), Time{seconds{-7}});
    const auto findings = findings_of(activity, seconds{7});
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].group.span_start == Time{seconds{-7}});
    CHECK(findings[0].group.event_count == 2);
    CHECK(findings[1].group.span_start == Time{seconds{7}});
    CHECK(findings[2].group.span_start == Time{seconds{14}});
}

TEST_CASE("volume activity: absent parts of a caller") {
    VolumeActivity activity(k_hour);
    Event event = invocation();
    event.caller_arn = event.caller_type = event.region = event.source_address = {};
    event.caller_principal_id = "AIDA";
    activity.add(event, {});
    event.caller_principal_id = {};
    activity.add(event, {});
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].group.caller_arn == "AIDA");
    CHECK(findings[1].group.caller_arn == "unknown");
    CHECK(findings[1].group.caller_type == "unknown");
    CHECK(findings[1].group.region == "unknown");
    CHECK(findings[1].group.source_addresses.empty());
}

TEST_CASE("volume activity: min_score leaves rows out") {
    VolumeActivity activity(k_hour);
    for (int i = 0; i < 200; ++i) activity.add(invocation(), {});
    auto rules = VolumeRules::defaults();
    rules.min_score = 2;
    CHECK(activity.findings(rules).size() == 1);
    rules.min_score = 3;
    CHECK(activity.findings(rules).empty());
}

TEST_CASE("volume activity: keeps no view of an event") {
    VolumeActivity activity(k_hour);
    {
        std::string arn = "arn:aws:iam::1:user/a-name-that-is-too-long-for-the-string-itself";
        Event event = invocation();
        event.caller_arn = arn;
        activity.add(event, {});
        std::ranges::fill(arn, 'x');
    }
    CHECK(findings_of(activity).front().group.caller_arn.starts_with("arn:aws:iam::1:user/a-name"));
}

TEST_CASE("volume activity: any order gives what a plain count gives, over many seeds") {
    const std::vector<std::string> callers = {"a", "b", "test"};
    const std::vector<std::string> addresses = {"", "1", "2", "3", "4", "5"};
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        using Key = std::tuple<Time, std::string>;
        struct Plain {
            std::uint64_t count = 0;
            std::set<std::string> addresses;
            std::set<Time> times;
        };
        std::map<Key, Plain> plain;
        std::vector<std::pair<Event, Time>> events;
        for (int i = 0; i < 300; ++i) {
            const auto& caller = callers[random() % callers.size()];
            const auto& address = addresses[random() % addresses.size()];
            const auto hour = random() % 3;
            const Time time{seconds{hour * 3'600 + random() % 3'600}};
            Event event = invocation();
            event.caller_arn = caller;
            event.source_address = address;
            events.emplace_back(event, time);
            Plain& group = plain[{Time{seconds{hour * 3'600}}, caller}];
            ++group.count;
            if (!address.empty()) group.addresses.insert(address);
            group.times.insert(time);
        }
        std::ranges::shuffle(events, random);
        VolumeActivity activity(k_hour);
        for (const auto& [event, time] : events) activity.add(event, time);
        const auto findings = findings_of(activity);
        CAPTURE(seed);
        CHECK(findings.size() == plain.size());
        for (const auto& [group, threshold, score, reasons] : findings) {
            const auto& expected = plain.at({group.span_start, std::string(group.caller_arn)});
            CHECK(group.event_count == expected.count);
            CHECK(std::ranges::equal(group.source_addresses, expected.addresses));
            CHECK(group.first_event == *expected.times.begin());
            CHECK(group.last_event == *expected.times.rbegin());
        }
    }
}
