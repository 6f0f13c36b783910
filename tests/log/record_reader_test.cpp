#include "log/record_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "io/window.hpp"

using namespace cloudhijack;
using log::Event;
using text::Time;

namespace {

// Names of the events, `@` behind those that keep the row's time, and why others are none.
std::vector<std::string> read(const std::string& document) {
    const std::string padded = document + std::string(io::k_padding, ' ');
    const log::CallFilter filter(json::NameKey(), {});
    log::RecordReader reader(log::all_logs(), filter);
    std::vector<std::string> told;
    reader.read({.text = std::string_view(padded).substr(0, document.size()),
                 .row_time = Time{},
                 .may_pass_over = false},
                {.take =
                     [&told](const Event& event) {
                         told.push_back(std::string(event.name) + (event.row_time ? "@" : ""));
                     },
                 .skip = [&told](std::string_view why) { told.emplace_back(why); },
                 .pass_over = [&told] { told.emplace_back("passed over"); }});
    return told;
}

}  // namespace

TEST_CASE("record reader: the row's time is that of a whole record, not of one in an envelope") {
    CHECK(read(R"({"eventName":"a"})") == std::vector<std::string>{"a@"});
    CHECK(read(R"({"detail":{"eventName":"a"}})") == std::vector<std::string>{"a"});
    CHECK(read(R"({"CloudTrailEvent":"{\"eventName\":\"a\"}"})") == std::vector<std::string>{"a"});
    CHECK(read(R"({"Records":[{"eventName":"a"}]})") == std::vector<std::string>{"a"});
}

TEST_CASE(
    "record reader: each record of a list counts, in any envelope, and the broken ones are told") {
    CHECK(
        read(R"({"Records":[{"eventName":"a"},{"eventName":"b"},{"detail":{"eventName":"c"}}]})") ==
        std::vector<std::string>{"a", "b", "c"});
    CHECK(read(R"({"Events":[{"CloudTrailEvent":"{\"eventName\":\"a\"}"},{"EventId":"x"}]})") ==
          std::vector<std::string>{"a", ""});
    CHECK(read(R"({"Records":[1,{"eventName":"b"},{"eventName":01}]})") ==
          std::vector<std::string>{"holds a record that is no JSON object", "b",
                                   "holds a record that is broken or cut-off JSON: NUMBER_ERROR: "
                                   "Problem while parsing a number"});
    CHECK(read(R"({"Records":[{"Records":[{"eventName":"a"}]}]})") ==
          std::vector<std::string>{"holds a list of records inside another"});
    CHECK(read(R"({"Records":[]})").empty());
}

TEST_CASE("record reader: one that is none is told once") {
    CHECK(read("x").size() == 1);
    CHECK(read(R"({"Records":[{"eventName":"a"})").size() == 1);
}
