#include "cloudtrail/call_filter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "cloudtrail/document_reader.hpp"
#include "io/window.hpp"

using namespace cloudhijack;
using cloudtrail::CallFilter;
using cloudtrail::Quotes;

namespace {

constexpr std::array<std::string_view, 2> k_wanted = {"Publish", "GetAccount"};

std::string doubled(std::string_view text) {
    std::string out;
    for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
    return out;
}

// What all ways of asking say, which must be the same.
bool passes_over(const std::string& json) {
    const auto asked = [&json](Cpu cpu, Quotes quotes) {
        const std::string text = quotes == Quotes::doubled ? doubled(json) : json;
        const std::string padded = text + std::string(io::k_padding, 'N');
        return CallFilter(k_wanted, cpu)
            .passes_over(std::string_view(padded).substr(0, text.size()), quotes);
    };
    const bool answer = asked(Cpu::plain, Quotes::single);
    CAPTURE(json);
    CHECK(asked(Cpu::plain, Quotes::doubled) == answer);
    CHECK(asked(cpu_at_hand(), Quotes::single) == answer);
    CHECK(asked(cpu_at_hand(), Quotes::doubled) == answer);
    return answer;
}

bool holds_wanted_call(const std::string& json) {
    const std::string padded = json + std::string(io::k_padding, ' ');
    cloudtrail::DocumentReader reader(cloudtrail::Shape::cloudtrail());
    bool found = false;
    reader.read(std::string_view(padded).substr(0, json.size()), {},
                {.take =
                     [&found](const cloudtrail::Event& event) {
                         found |= std::ranges::find(k_wanted, event.name) != k_wanted.end();
                     },
                 .skip = [](std::string_view) {}});
    return found;
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
}

TEST_CASE("call filter: what could be read in another way is left to the reader") {
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
          R"({"eventName":"GetObject")", R"(["eventName":"GetObject"])",  // no object
          R"({"eventName":"GetObject"} x)", "", "{", R"("eventName":"a")"}) {
        CHECK_FALSE(passes_over(json));
    }
}

TEST_CASE("call filter: it never passes over a wanted call, over many texts") {
    const std::array<std::string_view, 30> parts = {
        "{",         "}",       "[",     "]",           "\"",           "\"eventName\"",
        ":",         ",",       " ",     "\\",          "\\u004e",      "\\\"",
        "eventName", "Publish", "Other", "\"Publish\"", "\"GetOther\"", "\"detail\":",
        "\"x\":",    "null",    "1",     "\n",          "\"Records\":", "\"CloudTrailEvent\":",
        "\"a\":{",   "Name",    "event", "N",           "\"\"",         "\\\"eventName\\\":"};
    std::mt19937 random(13);
    int passed = 0;
    int wanted = 0;
    for (int i = 0; i < 300'000; ++i) {
        std::string json = random() % 3 == 0 ? "{\"eventName\":" : "{";
        for (std::size_t n = random() % 10; n > 0; --n) json += parts[random() % parts.size()];
        json += random() % 4 == 0 ? ",\"eventName\":\"Publish\"}" : "}";
        const bool passes = passes_over(json);
        const bool holds = holds_wanted_call(json);
        CAPTURE(json);
        REQUIRE_FALSE((passes && holds));
        passed += passes ? 1 : 0;
        wanted += holds ? 1 : 0;
    }
    CHECK(passed > 500);
    CHECK(wanted > 500);
}
