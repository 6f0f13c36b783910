// Documents come from other machines: whatever they contain, reading ends with a result.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "config/setup_for_tests.hpp"
#include "counting/seconds.hpp"
#include "detect/hunt/campaign/makings.hpp"
#include "detect/hunt/hunt_rows.hpp"
#include "detect/hunt/story.hpp"
#include "detect/volume/volume_activity.hpp"
#include "detect/volume/volume_finding.hpp"
#include "log/ledger_log.hpp"
#include "partial/through_documents.hpp"

using namespace cloudhijack;
using namespace cloudhijack::config;
using namespace cloudhijack::detect;
using namespace cloudhijack::partial;
using detect::HuntActivity;
using detect::VolumeActivity;

namespace {

constexpr std::string_view k_volume_of_format_6 =
    R"({"cloudhijack":6,"catalogue":"0123456789abcdef","host":"idx1","mode":"test",)"
    R"("texts":["arn:aws:iam::111122223333:user/eve","IAMUser","us-east-1","198.51.100.1"],)"
    R"("groups":[[1772445600000000,4,0,1,2,1,1772445601000000,1772445601000000,3]]})";
constexpr std::string_view k_hunt_of_format_6 =
    R"({"cloudhijack":6,"catalogue":"0123456789abcdef","host":"idx1","mode":"test",)"
    R"("texts":["111122223333","arn:aws:iam::111122223333:user/eve","198.51.100.1",)"
    R"("us-east-1","00000000-0000-4000-8000-000000000001","a@example.com","","aws-cli",)"
    R"("AKIA1","ASIA1","IAMUser"],"calls":[[0,0,1,4,492346,2714657223856586418,)"
    R"(10832984376867354385,2,1,1,0,0,2,1,1,0,3,1],[0,0,1,4,492346,6688256195894028612,)"
    R"(10832984376867354385,2,1,1,0,0,8,0,0,21,3,1]],"principals":[[0,0,1,1,0,0]],"sets":[[0,)"
    R"(0,1,0,2],[0,0,1,1,7],[0,0,1,2,7],[0,0,1,3,8,9],[0,0,1,5,3],[0,0,1,6,10]],"shown":[[0,)"
    R"(0,1,4,0,0,1772445601,4,3,2,2],[0,0,1,4,21,0,1772445600,4,3,2,8]],"subjects":[[0,0,1,)"
    R"(5,4,21,8,0,0,0,0,0,6,29540760,1]]})";

constexpr std::string_view k_identified_of_format_6 =
    R"({"cloudhijack":6,"catalogue":"0123456789abcdef","host":"idx1","mode":"test",)"
    R"("texts":["ann","unknown","here"],"groups":[[1772445600000000,5,0,1,2,1,)"
    R"(1772445601000000,1772445601000000]],"identified_calls":[[1772445600000000,5,0,1,2,3,)"
    R"(1772445601000000,1772445601000000,15255766051243113379,18150413449900248334]],)"
    R"("irregular":[[1,0]]})";

const config::Setup& setup() {
    static const config::Setup built_in = setup_with();
    return built_in;
}

// All kinds of content of documents: many calls in one hour, users, keys, a quarantine.
Story busy_story() {
    Story story = repeated({.time = {}, .call = "SendEmail"}, 0, 1100);
    for (std::size_t i = 0; i < story.size(); ++i) {
        story[i].address = "10." + std::to_string(i % 250) + "." + std::to_string(i / 250) + ".1";
        story[i].agent = "agent " + std::to_string(i);
    }
    const std::string quarantine =
        R"({"userName":"eve","policyArn":"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"})";
    const StoryEvent probe{.time = "10:00:00",
                           .call = "InvokeModel",
                           .error = "ValidationException",
                           .message = "max_tokens: range: 1"};
    return story +
           Story{probe,
                 {.time = "10:00:01", .call = "CreateUser", .parameters = R"({"userName":"x"})"},
                 {.time = "10:00:02", .call = "AttachUserPolicy", .parameters = quarantine}};
}

// A call of a log with counts_once.
log::Event delivered(std::string_view id) {
    log::Event event;
    event.log = &log::ledger();
    event.source = "sns.amazonaws.com";
    event.name = "Publish";
    event.id = id;
    event.time_text = "2026-03-02T10:00:01Z";
    event.caller = "ann";
    event.region = "here";
    return event;
}

// Replaces or removes a digit, a quote, a bracket or any other byte of the text, one to three
// times.
std::string changed(std::string text, std::mt19937& random) {
    for (auto left = 1 + random() % 3; left > 0 && !text.empty(); --left) {
        const std::size_t at = random() % text.size();
        constexpr std::string_view bytes = "0123456789-,[]\"{}x\x80";
        if (random() % 3 == 0) {
            text.erase(at, 1 + random() % 4);
        } else if (random() % 2 == 0) {
            text.insert(at, 1, bytes[random() % bytes.size()]);
        } else {
            text[at] = bytes[random() % bytes.size()];
        }
    }
    return text;
}

}  // namespace

TEST_CASE("hostile partial documents: a changed hunt is read or refused, and rows can be made") {
    const StoryEvents story_events(busy_story());
    HuntActivity activity(setup().catalogue);
    for (const auto& event : story_events.events()) activity.add(event);
    const auto documents = documents_of(activity);
    REQUIRE(documents.size() > 3);
    auto rules = setup().default_config().hunt;
    rules.min_risk = 0;
    std::size_t refused = 0;
    std::size_t taken = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        HuntActivity read(setup().catalogue);
        const bool sound =
            read_document(changed(documents[random() % documents.size()], random), read)
                .has_value();
        ++(sound ? taken : refused);
        if (!sound) continue;
        for (const auto& finding : read.findings(rules).rows) detect::to_row(finding);
        CHECK(read.repeats() < UINT64_MAX);
        HuntActivity merged(setup().catalogue);
        merged.merge(read);
        merged.merge(activity);
        if (seed % 50 == 0) CHECK_FALSE(merged.findings(rules).rows.empty());
    }
    CHECK(refused > 500);
    CHECK(taken > 500);
}

TEST_CASE("hostile partial documents: a changed volume is read or refused, and rows can be made") {
    const StoryEvents story_events(busy_story());
    constexpr std::chrono::hours hour{1};
    VolumeActivity activity(setup().catalogue, hour);
    for (const auto& event : story_events.events()) activity.add(event);
    for (int i = 0; i < 3000; ++i) activity.add(delivered(std::to_string(i % 2000)));
    const auto documents = documents_of(activity);
    auto rules = setup().default_config().volume;
    rules.thresholds.assign(rules.thresholds.size(), 0);
    std::size_t taken = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        VolumeActivity read(setup().catalogue, hour);
        if (!read_document(changed(documents[random() % documents.size()], random), read)) continue;
        ++taken;
        for (const auto& finding : read.findings(rules).rows) detect::to_row(finding);
        CHECK(read.repeats() < UINT64_MAX);
    }
    CHECK(taken > 100);
    CHECK(taken < 2900);
}

TEST_CASE("hostile partial documents: a list of another mode is refused") {
    const std::string document =
        R"({"cloudhijack":6,"host":"h","texts":["a"],"groups":[[0,0,0,0,0,1,0,0]]})";
    HuntActivity hunt(setup().catalogue);
    const auto ended = read_document(document, hunt);
    REQUIRE_FALSE(ended);
    CHECK(ended.error().text == "has an unknown list \"groups\"");
    VolumeActivity volume(setup().catalogue, std::chrono::hours{1});
    CHECK(read_document(document, volume));
    CHECK(volume.size() == 1);
}

TEST_CASE("hostile partial documents: each field at and beyond its bounds is read or refused") {
    const StoryEvents story_events(busy_story());
    HuntActivity activity(setup().catalogue);
    for (const auto& event : story_events.events()) activity.add(event);
    auto rules = setup().default_config().hunt;
    rules.min_risk = 0;
    std::size_t refused = 0;
    std::size_t taken = 0;
    std::size_t rows = 0;
    for (const std::string& document : documents_of(activity)) {
        const auto parsed = nlohmann::ordered_json::parse(document);
        nlohmann::ordered_json short_one;  // with the first item of each list
        for (const auto& [name, value] : parsed.items()) {
            const bool is_list = value.is_array() && name != "texts";
            short_one[name] = is_list ? nlohmann::ordered_json::array({value[0]}) : value;
        }
        for (const auto& [list, items] : parsed.items()) {
            if (!items.is_array() || list == "texts") continue;
            for (std::size_t field = 0; field < items[0].size(); ++field) {
                for (const std::string value : {"0", "1", "2", "7", "59", "60", "127", "128",
                                                "3600", "1000000", "-1", "18446744073709551615"}) {
                    auto forged = short_one;
                    forged[list][0][field] = nlohmann::ordered_json::parse(value);
                    HuntActivity read(setup().catalogue);
                    const bool sound = read_document(forged.dump(), read).has_value();
                    ++(sound ? taken : refused);
                    if (!sound) continue;
                    for (const auto& finding : read.findings(rules).rows) {
                        detect::to_row(finding);
                        ++rows;
                    }
                }
            }
        }
    }
    CHECK(refused > 500);
    CHECK(taken > 500);
    CHECK(rows > 500);
}

TEST_CASE(
    "hostile partial documents: all seconds of many minutes make one making for each minute") {
    const StoryEvents events(
        Story{{.time = "10:00:00", .call = "CreateUser", .parameters = R"({"userName":"x"})"}});
    HuntActivity hunt(setup().catalogue);
    for (const auto& event : events.events()) hunt.add(event);
    auto document = nlohmann::ordered_json::parse(documents_of(hunt).front());
    auto& item = document["subjects"][0];
    const std::int64_t minute = item[item.size() - 2];
    item.erase(item.size() - 1);
    item.erase(item.size() - 1);
    constexpr std::int64_t minutes = 500;
    for (std::int64_t at = minute; at < minute + minutes; ++at) {
        item.push_back(at);
        item.push_back(counting::MinuteBits::k_all);
    }
    HuntActivity read(setup().catalogue);
    REQUIRE(read_document(document.dump(), read));
    const auto rules = setup().default_config().hunt;
    std::size_t makings = 0;
    std::int64_t last = 0;
    read.for_each_behaviour(rules, [&](const Behaviour& who) {
        for (const MakingCall& making : makings_of(setup().catalogue, who.head())) {
            ++makings;
            last = std::max(last, making.seconds.last());
        }
    });
    CHECK(makings == minutes);
    CHECK(last == (minute + minutes) * 60 - 1);
}

TEST_CASE("hostile partial documents: an unknown trust is refused") {
    const StoryEvents events(
        Story{{.time = "10:00:00", .call = "CreateRole", .parameters = R"({"roleName":"app"})"}});
    HuntActivity hunt(setup().catalogue);
    for (const auto& event : events.events()) hunt.add(event);
    auto document = nlohmann::ordered_json::parse(documents_of(hunt).front());
    constexpr std::size_t trust = 11;
    REQUIRE(document["subjects"].size() == 1);
    CHECK(document["subjects"][0][trust] == static_cast<int>(log::Trust::closed));
    const auto is_taken = [&](const nlohmann::ordered_json& value) {
        document["subjects"][0][trust] = value;
        HuntActivity read(setup().catalogue);
        return read_document(document.dump(), read).has_value();
    };
    for (int each = 0; each < static_cast<int>(log::Trust::count); ++each) CHECK(is_taken(each));
    CHECK_FALSE(is_taken(static_cast<int>(log::Trust::count)));
    CHECK_FALSE(is_taken(-1));
    CHECK_FALSE(is_taken("open"));
}

TEST_CASE("hostile partial documents: a number is not taken for one of the other sign") {
    const auto is_taken = [](std::string_view from, std::string_view to) {
        std::string document(k_identified_of_format_6);
        const auto place = document.rfind(from);
        REQUIRE(place != std::string::npos);
        document.replace(place, from.size(), to);
        VolumeActivity read(setup().catalogue, std::chrono::hours{1});
        return read_document(document, read).has_value();
    };
    const std::string_view identity = "18150413449900248334";  // up to 2^64 - 1
    CHECK(is_taken(identity, "18446744073709551615"));
    CHECK_FALSE(is_taken(identity, "-1"));
    const std::string_view second = "1772445601000000";  // of 1970, and before
    CHECK_FALSE(is_taken(second, "18446744073709551615"));
}

TEST_CASE("hostile partial documents: each member of the header is there once, and the host is") {
    const auto read = [](std::string_view from, std::string_view to) {
        std::string document(k_volume_of_format_6);
        document.replace(document.find(from), from.size(), to);
        VolumeActivity activity(setup().catalogue, std::chrono::hours{1});
        const auto result = read_document(document, activity);
        return result ? "" : result.error().text;
    };
    const std::string_view host = R"("host":"idx1",)";
    CHECK(read(host, host).empty());
    CHECK(read(host, "") == "has no host");
    CHECK(read(host, R"("host":"",)") == "has no host");
    CHECK(read(host, R"("host":"idx1","host":"idx1",)") == R"(has "host" twice)");
    CHECK(read(host, R"("host":"idx1","mode":"test",)") == R"(has "mode" twice)");
}

// Any change of the content of documents requires a new k_format. The built-in catalogue determines
// the numbers of services and calls in this test.
TEST_CASE("partial documents: an example of format 6") {
    StoryEvent story_event{.time = "10:00:00", .call = "CreateEmailIdentity"};
    story_event.id = "00000000-0000-4000-8000-000000000001";
    story_event.parameters = R"({"emailIdentity":"a@example.com"})";
    story_event.key = "AKIA1";
    const StoryEvents events(Story{story_event, {.time = "10:00:01", .call = "SendEmail"}});
    HuntActivity hunt(setup().catalogue);
    VolumeActivity volume(setup().catalogue, std::chrono::hours{1});
    for (const auto& event : events.events()) {
        hunt.add(event);
        volume.add(event);
    }
    CHECK(documents_of(volume).front() == k_volume_of_format_6);
    CHECK(documents_of(hunt).front() == k_hunt_of_format_6);
    VolumeActivity counted_once(setup().catalogue, std::chrono::hours{1});
    for (const auto* id : {"7", "8", "7", "0"}) counted_once.add(delivered(id));
    CHECK(documents_of(counted_once).front() == k_identified_of_format_6);
}
