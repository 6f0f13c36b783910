#include "log/call_filter.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

#include "call_filter_answers.hpp"
#include "log/cloudtrail.hpp"

using namespace cloudhijack;

namespace {

bool passes_over(const std::string& json) {
    const auto answers = filter_answers(json);
    CAPTURE(json);
    REQUIRE(answers.size() == 1);
    return answers.contains(true);
}

std::string with_key(std::string_view text, std::string_view key) {
    constexpr std::string_view usual = "eventName";
    std::string changed(text);
    const auto place = changed.find(usual);
    if (place != std::string::npos) changed.replace(place, usual.size(), key);
    return changed;
}

// Checks, for texts of random parts and a given name key, that the filter passes over no record
// from which the reader gets a wanted name.
void check_over_many_texts(std::string_view key, int texts) {
    const std::array<std::string_view, 30> parts = {
        "{",         "}",       "[",     "]",           "\"",           "\"eventName\"",
        ":",         ",",       " ",     "\\",          "\\u004e",      "\\\"",
        "eventName", "Publish", "Other", "\"Publish\"", "\"GetOther\"", "\"detail\":",
        "\"x\":",    "null",    "1",     "\n",          "\"Records\":", "\"CloudTrailEvent\":",
        "\"a\":{",   "Name",    "event", "N",           "\"\"",         "\\\"eventName\\\":"};
    const std::array paths = {log::ShapePath{.path = key, .field = &log::Event::name}};
    log::Log named = log::cloudtrail();
    named.mark = key;
    named.name_key = key;
    named.paths = paths;
    named.recognises = [](const log::Event& event) { return !event.name.empty(); };
    const log::LogSet logs(std::array<const log::Log*, 1>{&named});
    const json::NameKey& name_key = logs.record_keys().name;
    REQUIRE(name_key.text() == key);
    const std::string longer_than_a_block = "\"tN\":{\"a\":[\"" + std::string(70, 'x') + "\"]},";
    std::mt19937 random(13);
    int passed = 0;
    int wanted = 0;
    for (int i = 0; i < texts; ++i) {
        std::string json = random() % 3 == 0 ? with_key("{\"eventName\":", key) : "{";
        for (std::size_t n = random() % 10; n > 0; --n) {
            json += with_key(parts[random() % parts.size()], key);
        }
        if (random() % 4 == 0) {
            json.insert(random() % 2 == 0 ? 1 : json.size(), longer_than_a_block);
        }
        json += random() % 4 == 0 ? with_key(",\"eventName\":\"Publish\"}", key) : "}";
        const auto answers = filter_answers(json, name_key);
        CAPTURE(json);
        REQUIRE(answers.size() == 1);
        const bool passes = answers.contains(true);
        const bool holds = holds_wanted_call(json, logs);
        REQUIRE_FALSE((passes && holds));
        passed += passes ? 1 : 0;
        wanted += holds ? 1 : 0;
    }
    CHECK(passed > texts / 600);
    CHECK(wanted > texts / 600);
}

}  // namespace

TEST_CASE("call filter: a record of another call is passed over") {
    CHECK(passes_over(R"({"eventSource":"s3.amazonaws.com","eventName":"GetObject"})"));
    CHECK(passes_over("{\n  \"eventName\" :\t\"GetObject\"\n}\n"));
    CHECK(passes_over(R"({"detail":{"eventName":"GetObject","x":"\"\\"}})"));
    CHECK(passes_over(R"({"Records":[{"eventName":"GetObject"}]})"));
    CHECK_FALSE(passes_over(R"({"eventName":"Publish"})"));
    CHECK_FALSE(passes_over(R"({"eventName": "GetAccount","x":1})"));
    CHECK(passes_over(R"({"eventName":"GetAccounts"})"));
    CHECK(passes_over(R"({"eventName":"getAccount"})"));
    CHECK(passes_over(R"({"eventName":""})"));
    CHECK_FALSE(passes_over(R"({"eventSource":"aws:s3","eventName":"ObjectCreated:Put"})"));
}

TEST_CASE("call filter: a text that could be read in another way is left to the reader") {
    for (const char* json :
         {R"({"x":"Publish"})",                                           // no such key
          R"({"eventName":"GetObject","eventName":"Publish"})",           // twice
          R"({"eventName":"P\u0075blish"})",                              // escaped
          R"({"event\u004eame":"Publish","x":{"eventName":"a"}})",        // an escaped key
          R"({"eventName":null})", R"({"eventName":["Publish"]})",        // other types
          R"({"eventName":"Get\/Object"})", R"({"eventName"})",           //
          R"({"a":"eventName","b":"Publish"})",                           // a value
          R"({"CloudTrailEvent":"{\"eventName\":\"Publish\"}"})",         // JSON in a string
          R"({"CloudTrailEvent":"{\"eventName\":\"GetObject\"}"})",       //
          R"({"eventName":"GetObject")", R"(["eventName":"GetObject"])",  // not an object
          R"({"eventName":"GetObject"} x)", "", "{", R"("eventName":"a")"}) {
        CHECK_FALSE(passes_over(json));
    }
}

TEST_CASE("call filter: a text that ends in another bracket is not an object") {
    const log::CallFilter filter(cloudtrail_name_key(), k_wanted_calls);
    constexpr std::string_view object = R"({"eventName":"GetObject"})";
    CHECK(filter.passes_over_object(object, 2));
    CHECK_FALSE(filter.passes_over_object(R"({"eventName":"GetObject"])", 2));
}

TEST_CASE("call filter: never passes over a wanted call, for many texts") {
    check_over_many_texts("eventName", 300'000);
}

TEST_CASE("call filter: works with any name key") {
    for (const char* key : {"operationName", "event", "op"}) {
        CAPTURE(key);
        check_over_many_texts(key, 30'000);
    }
}

TEST_CASE("call filter: without a name key everything is left to the reader") {
    for (const std::string json : {R"({"eventName":"GetObject"})", R"({"":"GetObject"})", "{}"}) {
        CHECK(filter_answers(json, json::NameKey()) == std::set<bool>{false});
    }
}

TEST_CASE(
    "call filter: of all logs, only records that are certainly CloudTrail's are passed over") {
    const log::CallFilter filter(log::all_logs(), k_wanted_calls);
    const auto passes = [&filter](const std::string& json) {
        const std::string padded = json + std::string(io::k_padding, ' ');
        return filter.passes_over(std::string_view(padded).substr(0, json.size()),
                                  json::Quotes::single);
    };
    CHECK(passes(R"({"eventVersion":"1","userIdentity":{},"eventName":"GetObject"})"));
    // The sender of a mail chooses the keys of its custom arguments, but all their values are
    // strings.
    const std::string mail = R"("eventName":"GetObject","sg_event_id":"x","event":"processed"})";
    CHECK_FALSE(passes(R"({"eventVersion":"1","eventSource":"y",)" + mail));
    CHECK_FALSE(passes(R"({"eventVersion":"1","userIdentity":"{","eventSource":"y",)" + mail));
    CHECK(passes(R"({"eventName":"GetObject","eventSource":"s3.amazonaws.com"})"));
    CHECK_FALSE(passes(R"({"eventName":"GetObject"})"));
    CHECK_FALSE(passes(R"({"eventName":"INSERT","eventSource":"aws:dynamodb"})"));
    CHECK_FALSE(passes(R"({"eventName":"x","eventSource":"y","properties":{"category":"z"}})"));
    for (const std::string list : {"Records", "events", "data"}) {  // the second is damaged
        CHECK_FALSE(
            passes("{\"" + list + R"(":[{"eventName":"GetObject","eventSource":"y"},{"a":1}]})"));
    }
}
