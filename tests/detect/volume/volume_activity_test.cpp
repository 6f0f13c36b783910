#include "detect/volume/volume_activity.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "config/catalogue_reader.hpp"
#include "io/window.hpp"
#include "log/cloudtrail.hpp"
#include "partial/through_documents.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::config;
using namespace cloudhijack::partial;
using namespace cloudhijack::rules;
using log::Event;
using std::chrono::seconds;
using text::Time;

namespace {

Event invocation() {
    Event event;
    event.log = &log::cloudtrail();
    event.source = "bedrock.amazonaws.com";
    event.name = "InvokeModel";
    event.time_text = "2026-01-01T00:30:00Z";
    event.caller = "arn:aws:iam::1:user/alice";
    event.caller_type = "IAMUser";
    event.source_address = "2001:db8::1";
    event.region = "us-east-1";
    return event;
}

Event at(Event event, Time row_time) {
    event.row_time = row_time;
    return event;
}

VolumeRules rules_for_all(seconds span) {
    auto rules = builtin_config().volume;
    rules.thresholds.assign(rules.thresholds.size(), 0);
    rules.span = span;
    return rules;
}

constexpr seconds k_hour = std::chrono::hours{1};

std::vector<VolumeFinding> findings_of(const VolumeActivity& activity, seconds span = k_hour) {
    return activity.findings(rules_for_all(span)).rows;
}

}  // namespace

TEST_CASE("volume activity: the calls that are counted") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    CHECK(activity.add(invocation()) == Added::counted);
    Event failed = invocation();
    failed.error_code = "200";
    CHECK(activity.add(failed) == Added::failed);
    Event other = invocation();
    other.name = "GetObject";
    other.time_text = "";
    CHECK(activity.add(other) == Added::irrelevant);
    other.name = "ListFoundationModels";  // in the catalogue, but not for mode=volume
    CHECK(activity.add(other) == Added::undated);
    other.time_text = "2026-01-01T00:30:00Z";
    CHECK(activity.add(other) == Added::irrelevant);
    Event undated = invocation();
    undated.time_text = "yesterday";
    CHECK(activity.add(undated) == Added::undated);
    undated.error_code = "AccessDenied";
    CHECK(activity.add(undated) == Added::undated);
    CHECK(activity.add(at(undated, Time{seconds{1}})) == Added::failed);
    REQUIRE(findings_of(activity).size() == 1);
    CHECK(findings_of(activity).front().group.event_count == 1);
}

TEST_CASE("volume activity: events that repeat calls do not count") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    Event event = invocation();
    for (const std::string_view category : {"NetworkActivity", "Insight"}) {
        event.category = category;
        CHECK(activity.add(event) == Added::left_out);
    }
    event.category = "NetworkActivity";
    event.error_code = "VpceAccessDenied";  // the only event of its call
    CHECK(activity.add(event) == Added::failed);
    CHECK(findings_of(activity).empty());
}

TEST_CASE("volume activity: use by other calls is reported if it exceeds a service's threshold") {
    const auto used = [](const std::string& name, int count) {
        VolumeActivity activity(builtin_catalogue(), k_hour);
        Event event = invocation();
        event.name = name;
        for (int i = 0; i < count; ++i) activity.add(event);
        return activity;
    };
    const auto reported = [](const VolumeActivity& activity) {
        std::string all;
        for (const OtherUse& use : activity.findings(builtin_config().volume).other_use) {
            all += use.service->id + ' ' + std::to_string(use.calls);
            for (const std::string& name : use.names) all += ' ' + name;
        }
        return all;
    };
    CHECK(reported(used("Converse", 50)).empty());
    CHECK(reported(used("Converse", 51)) == "bedrock 51 Converse");
    CHECK(reported(used("InvokeModel", 500)).empty());
    CHECK(reported(used("ListFoundationModels", 500)).empty());
    VolumeActivity sum = used("Converse", 30);
    sum.merge(used("ConverseStream", 21));
    CHECK(reported(sum) == "bedrock 51 Converse ConverseStream");
    VolumeActivity read(builtin_catalogue(), k_hour);
    merge_documents(read, sum, [] { return VolumeActivity(builtin_catalogue(), k_hour); });
    CHECK(reported(read) == reported(sum));
    CHECK(findings_of(read).empty());
    Event failed = invocation();
    failed.name = "Converse";
    failed.error_code = "ThrottlingException";
    CHECK(sum.add(failed) == Added::irrelevant);
    CHECK(reported(sum) == reported(read));
}

TEST_CASE("volume activity: the row's time takes precedence over the event's own") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    activity.add(at(invocation(), Time{seconds{7'300}}));
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].group.span_start == Time{seconds{7'200}});
    CHECK(findings[0].group.first_event == Time{seconds{7'300}});
}

TEST_CASE("volume activity: spans begin at multiples of their length, before 1970 as well") {
    VolumeActivity activity(builtin_catalogue(), seconds{7});
    activity.add(at(invocation(), Time{seconds{13}}));
    activity.add(at(invocation(), Time{seconds{14}}));
    activity.add(at(invocation(), Time{std::chrono::microseconds{-1}}));
    activity.add(at(invocation(), Time{seconds{-7}}));
    const auto findings = findings_of(activity, seconds{7});
    REQUIRE(findings.size() == 3);
    CHECK(findings[0].group.span_start == Time{seconds{-7}});
    CHECK(findings[0].group.event_count == 2);
    CHECK(findings[1].group.span_start == Time{seconds{7}});
    CHECK(findings[2].group.span_start == Time{seconds{14}});
}

TEST_CASE("volume activity: missing parts of a caller") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    Event event = invocation();
    event.caller = event.caller_type = event.region = event.source_address = {};
    event.caller_id = "AIDA";
    activity.add(event);
    event.caller_id = {};
    activity.add(event);
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].group.caller_arn == "AIDA");
    CHECK(findings[1].group.caller_arn == "unknown");
    CHECK(findings[1].group.caller_type == "unknown");
    CHECK(findings[1].group.region == "unknown");
    CHECK(findings[1].group.source_addresses.empty());
}

TEST_CASE(
    "volume activity: more calls than the threshold make a row, as many as the threshold do not") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    const auto rules = builtin_config().volume;
    for (int i = 0; i < 50; ++i) activity.add(invocation());
    CHECK(activity.findings(rules).rows.empty());
    activity.add(invocation());
    CHECK(activity.findings(rules).rows.size() == 1);
}

TEST_CASE(
    "volume activity: a custom service with a condition, and a call that two services count") {
    const auto mine =
        rules::parse("mine.conf",
                     "[service:mine]\nsource = s3\nthreshold = 0\n"
                     "volume = PutObject(bucketName=b) PutObject(x=y) PutObject(bucketName=b) "
                     "bedrock:InvokeModel\n");
    const auto setup = read_setup(std::array{embedded_catalogue(), mine});
    REQUIRE(setup.mistakes.empty());
    VolumeActivity activity(setup.catalogue, k_hour);
    Event put = invocation();
    put.source = "s3.amazonaws.com";
    put.name = "PutObject";
    const std::string with = R"({"bucketName":"b"})" + std::string(io::k_padding, ' ');
    const std::string other = R"({"bucketName":"c"})" + std::string(io::k_padding, ' ');
    put.parameters = std::string_view(with).substr(0, with.size() - io::k_padding);
    CHECK(activity.add(put) == Added::counted);
    put.parameters = std::string_view(other).substr(0, other.size() - io::k_padding);
    CHECK(activity.add(put) == Added::irrelevant);
    CHECK(activity.add(invocation()) == Added::counted);
    auto rules = setup.default_config().volume;
    rules.thresholds.assign(rules.thresholds.size(), 0);
    const auto findings = activity.findings(rules).rows;
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].group.service->id == "mine");
    CHECK(findings[0].group.event_count == 2);
    CHECK(findings[1].group.service->id == "bedrock");
}

TEST_CASE("volume activity: min_score excludes rows") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    for (int i = 0; i < 200; ++i) activity.add(invocation());
    auto rules = builtin_config().volume;
    rules.min_score = 2;
    CHECK(activity.findings(rules).rows.size() == 1);
    rules.min_score = 3;
    CHECK(activity.findings(rules).rows.empty());
}

TEST_CASE("volume activity: of texts that AWS never writes the front is kept") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    Event event = invocation();
    const std::string longest(1024, 'a');
    const std::string longer(1025, 'a');
    event.caller = longest;
    activity.add(event);
    event.caller = longer;
    event.source_address = longer;
    activity.add(event);
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 2);
    const std::string front = std::string(1000, 'a') + "... (1025 bytes)";
    CHECK(findings[0].group.caller_arn == front);
    CHECK(findings[0].group.source_addresses == std::vector<std::string_view>{front});
    CHECK(findings[1].group.caller_arn == longest);
}

TEST_CASE("volume activity: a count that another machine reports cannot hide those of the others") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    for (int i = 0; i < 100; ++i) activity.add(invocation());
    std::string forged = documents_of(activity).front();
    const std::string count = ",100,";
    forged.replace(forged.find(count), count.size(), ",1099511627776,");
    VolumeActivity more(builtin_catalogue(), k_hour);
    CHECK(read_document(forged, more));
    for (int doublings = 0; doublings < 30; ++doublings) {
        VolumeActivity same(builtin_catalogue(), k_hour);
        same.merge(more);
        more.merge(same);
    }
    activity.merge(more);
    REQUIRE(findings_of(activity).size() == 1);
    CHECK(findings_of(activity).front().group.event_count == UINT64_MAX);
}

TEST_CASE("volume activity: thousands of addresses in two groups that share them") {
    constexpr std::size_t count = 3000;
    const auto with_every = [](std::size_t step) {
        VolumeActivity activity(builtin_catalogue(), k_hour);
        for (std::size_t i = 0; i < count * 2; i += step) {
            const std::string address = "2001:db8::" + std::to_string(i % count);
            for (const auto* caller : {"alice", "bob"}) {
                Event event = invocation();
                event.caller = caller;
                event.source_address = address;
                activity.add(event);
            }
        }
        return activity;
    };
    std::set<std::string> expected;
    for (std::size_t i = 0; i < count; ++i) expected.insert("2001:db8::" + std::to_string(i));
    VolumeActivity activity = with_every(7);
    activity.merge(with_every(1));
    activity.merge(with_every(2));
    const auto findings = findings_of(activity);
    REQUIRE(findings.size() == 2);
    for (const auto& finding : findings) {
        CHECK(std::ranges::equal(finding.group.source_addresses, expected));
    }
}

TEST_CASE("volume activity: it keeps no view of an event") {
    VolumeActivity activity(builtin_catalogue(), k_hour);
    {
        std::string arn = "arn:aws:iam::1:user/a-name-that-is-too-long-for-the-string-itself";
        Event event = invocation();
        event.caller = arn;
        activity.add(event);
        std::ranges::fill(arn, 'x');
    }
    CHECK(findings_of(activity).front().group.caller_arn.starts_with("arn:aws:iam::1:user/a-name"));
}

TEST_CASE(
    "volume activity: any order and any split give the same result as a plain count, over many "
    "seeds") {
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
            event.caller = caller;
            event.source_address = address;
            events.emplace_back(event, time);
            Plain& group = plain[{Time{seconds{hour * 3'600}}, caller}];
            ++group.count;
            if (!address.empty()) group.addresses.insert(address);
            group.times.insert(time);
        }
        std::ranges::shuffle(events, random);
        // In several parts, merged in any order: the law on which chunks and threads depend.
        std::vector<VolumeActivity> parts;
        for (auto left = 1 + random() % 5; left > 0; --left) {
            parts.emplace_back(builtin_catalogue(), k_hour);
        }
        for (const auto& [event, time] : events) {
            parts[random() % parts.size()].add(at(event, time));
        }
        while (parts.size() > 1) {
            std::ranges::shuffle(parts, random);
            if (random() % 2 == 0) {
                parts[parts.size() - 2].merge(parts.back());
            } else {
                merge_documents(parts[parts.size() - 2], parts.back(),
                                [] { return VolumeActivity(builtin_catalogue(), k_hour); });
            }
            parts.pop_back();
        }
        const VolumeActivity& activity = parts.front();
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
