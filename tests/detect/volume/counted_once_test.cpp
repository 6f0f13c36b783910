// Calls of a log whose provider repeats deliveries: mode=volume counts each call once.

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "config/setup_for_tests.hpp"
#include "detect/activity.hpp"
#include "detect/volume/volume_activity.hpp"
#include "log/ledger_log.hpp"
#include "output/answer.hpp"
#include "partial/through_documents.hpp"

using namespace cloudhijack;
using namespace cloudhijack::detect;
using namespace cloudhijack::partial;
using log::Event;
using std::chrono::seconds;
using text::Time;

namespace {

const config::Setup& ledger_setup() {
    static const config::Setup setup = config::setup_with(log::k_ledger_stanza, log::two_logs());
    return setup;
}

VolumeActivity no_calls() {
    return VolumeActivity(ledger_setup().catalogue, std::chrono::hours{1});
}

Event print_call(std::string_view id, std::string_view time = "2026-03-02T10:00:00Z") {
    Event event;
    event.log = &log::ledger();
    event.source = "ledger";
    event.name = "print";
    event.id = id;
    event.time_text = time;
    event.caller = "ann";
    event.source_address = "2001:db8::1";
    return event;
}

std::vector<VolumeFinding> findings_of_all(const VolumeActivity& activity) {
    auto rules = ledger_setup().default_config().volume;
    rules.thresholds.assign(rules.thresholds.size(), 0);
    return activity.findings(rules).rows;
}

// The count of the only group.
std::uint64_t count_in(const VolumeActivity& activity) {
    const auto findings = findings_of_all(activity);
    REQUIRE(findings.size() == 1);
    return findings.front().group.event_count;
}

std::vector<std::string> notes_on(VolumeActivity volume) {
    const Activity activity = std::move(volume);
    return output::notes_of(VolumeFindings{}, activity, ledger_setup());
}

}  // namespace

TEST_CASE("counted once: deliveries with one id are one call") {
    VolumeActivity activity = no_calls();
    for (const auto* id : {"1", "2", "1", "1", "12"}) {
        CHECK(activity.add(print_call(id)) == Added::counted);
    }
    CHECK(count_in(activity) == 3);
    CHECK(activity.repeats() == 2);
    CHECK(activity.irregular().without_id == 0);
    CHECK(notes_on(std::move(activity)).empty());
}

TEST_CASE("counted once: without a usable id each delivery counts, and a message says so") {
    VolumeActivity activity = no_calls();
    activity.add(print_call("0"));
    CHECK(activity.irregular().without_id == 1);
    activity.add(print_call("0"));
    activity.add(print_call("1"));
    Event refused = print_call("0");
    refused.error_code = "no paper";
    CHECK(activity.add(refused) == Added::failed);
    CHECK(count_in(activity) == 3);
    CHECK(activity.repeats() == 0);
    VolumeActivity more = no_calls();
    more.add(print_call("0"));
    CHECK(notes_on(no_calls()).empty());
    activity.merge(more);
    CHECK(notes_on(std::move(activity)) ==
          std::vector<std::string>{
              "3 records have no usable id, so each delivery of them was counted"});
    CHECK(
        notes_on(std::move(more)) ==
        std::vector<std::string>{"1 record has no usable id, so each delivery of it was counted"});
}

TEST_CASE("counted once: a log without counts_once counts every delivery") {
    VolumeActivity activity = no_calls();
    Event event = print_call("00000000-0000-4000-8000-000000000001");
    event.log = &log::cloudtrail();
    activity.add(event);
    activity.add(event);
    event.id = {};
    activity.add(event);
    CHECK(count_in(activity) == 3);
    CHECK(activity.repeats() == 0);
    CHECK(activity.irregular().without_id == 0);
    for (const std::string& document : documents_of(activity)) {
        CHECK_FALSE(document.contains("identified_calls"));
        CHECK_FALSE(document.contains("irregular"));
    }
}

TEST_CASE("counted once: an id identifies a call only within its own log") {
    VolumeActivity activity = no_calls();
    log::Log other = log::ledger();
    other.id = "other";
    Event event = print_call("1");
    activity.add(event);
    event.log = &other;
    activity.add(event);
    CHECK(count_in(activity) == 2);
}

TEST_CASE("counted once: two logs of the same calls can share their ids") {
    VolumeActivity activity = no_calls();
    log::Log other = log::ledger();
    other.id = "other";
    other.shares_ids_with = log::ledger().id;
    Event event = print_call("1");
    activity.add(event);
    event.log = &other;
    activity.add(event);
    CHECK(count_in(activity) == 1);
    CHECK(activity.repeats() == 1);
}

TEST_CASE("counted once: deliveries that differ count in each of their groups") {
    VolumeActivity activity = no_calls();
    Event event = print_call("1");
    activity.add(event);
    event.caller = "bob";
    activity.add(event);
    CHECK(findings_of_all(activity).size() == 2);
    CHECK(activity.repeats() == 0);
}

TEST_CASE("counted once: a group's times and addresses cover all deliveries") {
    for (const bool backwards : {false, true}) {
        std::vector<Event> events = {print_call("1", "2026-03-02T10:20:00Z"),
                                     print_call("1", "2026-03-02T10:10:00Z"),
                                     print_call("1", "2026-03-02T10:30:00Z")};
        events.back().source_address = "2001:db8::2";
        if (backwards) std::ranges::reverse(events);
        VolumeActivity activity = no_calls();
        for (const Event& event : events) activity.add(event);
        CHECK(count_in(activity) == 1);
        const auto findings = findings_of_all(activity);
        const VolumeGroup& group = findings.front().group;
        CHECK(group.first_event == text::parse_time("2026-03-02T10:10:00Z"));
        CHECK(group.last_event == text::parse_time("2026-03-02T10:30:00Z"));
        CHECK(group.source_addresses ==
              std::vector<std::string_view>{"2001:db8::1", "2001:db8::2"});
    }
}

TEST_CASE("counted once: of a failed and a successful delivery the successful one counts") {
    for (const bool fails_first : {false, true}) {
        VolumeActivity activity = no_calls();
        Event failed = print_call("1");
        failed.error_code = "no paper";
        if (fails_first) activity.add(failed);
        activity.add(print_call("1"));
        if (!fails_first) activity.add(failed);
        CHECK(count_in(activity) == 1);
    }
}

TEST_CASE("counted once: the record's own time takes precedence over the row's") {
    VolumeActivity activity = no_calls();
    Event event = print_call("1");
    event.row_time = Time{seconds{7'300}};
    activity.add(event);
    CHECK(findings_of_all(activity).front().group.first_event ==
          text::parse_time("2026-03-02T10:00:00Z"));
    event = print_call("2", "soon");
    CHECK(activity.add(event) == Added::undated);
    event.row_time = Time{seconds{7'300}};
    CHECK(activity.add(event) == Added::counted);
    CHECK(findings_of_all(activity).size() == 2);
}

TEST_CASE("counted once: thousands of calls go through many documents") {
    VolumeActivity activity = no_calls();
    constexpr int count = 5000;
    for (int i = 0; i < count; ++i) {
        const std::string id = "n" + std::to_string(i);
        activity.add(print_call(id));
        if (i % 5 == 0) activity.add(print_call(id));
    }
    CHECK(documents_of(activity).size() > 2);
    VolumeActivity same = no_calls();
    for (int times = 1; times <= 2; ++times) {
        merge_documents(same, activity, no_calls);
        CHECK(count_in(same) == count);
        CHECK(same.repeats() == static_cast<std::uint64_t>(times * count * 6 / 5 - count));
    }
}

TEST_CASE("counted once: a machine that reports fewer deliveries than calls has no repeats") {
    VolumeActivity activity = no_calls();
    activity.add(print_call("1"));
    activity.add(print_call("2"));
    std::string forged = documents_of(activity).front();
    const auto at = forged.find("\"identified_calls\":");
    REQUIRE(at != std::string::npos);
    const std::string deliveries = ",2,";
    forged.replace(forged.find(deliveries, at), deliveries.size(), ",0,");
    VolumeActivity read = no_calls();
    CHECK(read_document(forged, read));
    CHECK(count_in(read) == 2);
    CHECK(read.repeats() == 0);
}

TEST_CASE(
    "counted once: any order and any split give the result of a plain count, over many seeds") {
    const std::vector<std::string> callers = {"ann", "bob"};
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        std::mt19937 random(seed);
        struct Plain {
            std::set<std::string> ids;
            std::uint64_t without_id = 0;
            std::set<Time> times;
        };
        std::map<std::tuple<Time, std::string>, Plain> plain;
        std::uint64_t deliveries = 0;
        std::uint64_t without_id = 0;
        std::vector<VolumeActivity> parts;
        for (auto left = 1 + random() % 5; left > 0; --left) parts.push_back(no_calls());
        const auto ids = 1 + random() % 200;
        for (auto left = 1 + random() % 300; left > 0; --left) {
            const std::string id = std::to_string(random() % ids);
            const auto& caller = callers[random() % callers.size()];
            const auto hour = random() % 2;
            Event event = print_call(id, {});
            event.caller = caller;
            event.row_time = Time{seconds{hour * 3'600 + random() % 3'600}};
            parts[random() % parts.size()].add(event);
            Plain& group = plain[{Time{seconds{hour * 3'600}}, caller}];
            group.times.insert(*event.row_time);
            if (id == "0") {
                ++group.without_id;
                ++without_id;
            } else {
                group.ids.insert(id);
                ++deliveries;
            }
        }
        while (parts.size() > 1) {
            std::ranges::shuffle(parts, random);
            if (random() % 2 == 0) {
                parts[parts.size() - 2].merge(parts.back());
            } else {
                merge_documents(parts[parts.size() - 2], parts.back(), no_calls);
            }
            parts.pop_back();
        }
        const VolumeActivity& activity = parts.front();
        const auto findings = findings_of_all(activity);
        CHECK(findings.size() == plain.size());
        std::uint64_t calls = 0;
        for (const VolumeFinding& finding : findings) {
            const VolumeGroup& group = finding.group;
            const Plain& expected = plain.at({group.span_start, std::string(group.caller_arn)});
            CHECK(group.event_count == expected.ids.size() + expected.without_id);
            CHECK(group.first_event == *expected.times.begin());
            CHECK(group.last_event == *expected.times.rbegin());
            calls += expected.ids.size();
        }
        CHECK(activity.repeats() == deliveries - calls);
        CHECK(activity.irregular().without_id == without_id);
    }
}
