#include "log/record_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "log/told_records.hpp"

using namespace cloudhijack;
using log::record_of_call;
using log::told_of;

using Told = std::vector<std::string>;

TEST_CASE("record reader: the row's time is that of a whole record, not of one in an envelope") {
    CHECK(told_of(record_of_call("a")) == Told{"a@"});
    CHECK(told_of(R"({"detail":)" + record_of_call("a") + "}") == Told{"a"});
    CHECK(told_of(R"({"CloudTrailEvent":"{\"eventSource\":\"s\",\"eventName\":\"a\"}"})") ==
          Told{"a"});
    CHECK(told_of(R"({"Records":[)" + record_of_call("a") + "]}") == Told{"a"});
}

TEST_CASE(
    "record reader: each record of a list counts, in any envelope, and the broken ones are told") {
    CHECK(told_of(R"({"Records":[)" + record_of_call("a") + ',' + record_of_call("b") +
                  R"(,{"detail":)" + record_of_call("c") + "}]}") == Told{"a", "b", "c"});
    CHECK(told_of(R"({"Events":[{"CloudTrailEvent":"{\"eventSource\":\"s\",\"eventName\":\"a\"}"},)"
                  R"({"EventId":"x"}]})") == Told{"a", R"(has the key "EventId")"});
    CHECK(
        told_of(R"({"Records":[1,)" + record_of_call("b") +
                R"(,{"eventSource":"s","eventName":01}]})") ==
        Told{"holds a record that is not a JSON object", "b",
             "holds a record that is not valid JSON: at byte 31 it has a number or an escape that "
             "JSON does not have"});
    CHECK(told_of(R"({"Records":[{"Records":[)" + record_of_call("a") + "]}]}") == Told{"a"});
    CHECK(told_of(R"({"Records":[]})").empty());
    CHECK(told_of("[]").empty());
}

TEST_CASE("record reader: one that is none is told once") {
    CHECK(told_of("x") == Told{"is not a JSON object"});
    CHECK(told_of("") == Told{"is empty"});
    CHECK(told_of(" \n") == Told{"is empty"});
    CHECK(told_of("\"\"") == Told{"is not a JSON object"});
    CHECK(told_of("{}") == Told{"has no keys"});
    CHECK(told_of(R"({"a":1,"b":2})") == Told{R"(has the keys "a", "b")"});
    CHECK(told_of(record_of_call("a") + " x") == Told{"a", "is not a JSON object"});
}

TEST_CASE(
    "record reader: of a list that is cut off the whole elements count, the rest is reported") {
    for (const std::string before : {"[", R"({"Records":[)", R"({"a":[1],"records": [)"}) {
        const std::string after = before == "[" ? "]" : "]}";
        const std::string whole = before + record_of_call("a") + ", " + record_of_call("b") +
                                  ",\n" + record_of_call("c") + after;
        REQUIRE(told_of(whole) == Told{"a", "b", "c"});
        for (std::size_t cut = before.size(); cut < whole.size(); ++cut) {
            const std::string text = whole.substr(0, cut);
            CAPTURE(text);
            Told expected;
            for (const std::string name : {"a", "b", "c"}) {
                if (text.contains(record_of_call(name))) expected.push_back(name);
            }
            Told told = told_of(text);
            REQUIRE(told.size() == expected.size() + 1);
            const std::string why = told.back();
            told.pop_back();
            CHECK(told == expected);
            CHECK((why.contains("ends inside its list") || why.contains("is cut off: ")));
        }
    }
}

TEST_CASE("record reader: each of several consecutive records counts") {
    const std::string a = record_of_call("a");
    const std::string b = record_of_call("b");
    CHECK(told_of(a + b) == Told{"a", "b"});
    CHECK(told_of(a + ",\n" + b + ',') == Told{"a", "b"});
    CHECK(told_of(a + R"({"x":1})" + b) == Told{"a", R"(has the key "x")", "b"});
    CHECK(told_of(R"({"detail":)" + a + "}" + b) == Told{"a", "b"});
    CHECK(told_of(a + ',').front() == "a");
}

TEST_CASE("record reader: a damaged record costs itself, in any envelope, and is reported") {
    const std::string a = record_of_call("a");
    const std::string b = record_of_call("b");
    const std::string damaged = R"({"eventSource":"s,"eventName":"c"})";
    const std::string why =
        R"(is damaged JSON: at byte 19 it has "e" instead of a comma or a closing bracket)";
    CHECK(told_of(damaged + ',' + a + ',' + b) == Told{"a", why, "b"});
    CHECK(told_of('[' + a + ',' + damaged + ',' + b + ']') ==
          Told{"a", "b", "holds a record that " + why});
    CHECK(told_of(R"({"Records":[)" + a + ',' + damaged + ',' + b + "]}") ==
          Told{"a", "b", "holds a record that " + why});
    CHECK(told_of(damaged + damaged) == Told{why});
    // A line of anything else can quote what somebody made up.
    CHECK(told_of("GET /?" + a) == Told{"is not a JSON object"});
}

TEST_CASE("record reader: a lost part is reported with its place, its bytes and its records") {
    const std::string a = record_of_call("a");
    const std::string damaged = R"({"eventSource":"s,"eventName":"c"})";
    const std::string text = a + ',' + damaged + ',' + damaged + ',' + a + R"({"eventSource":"s)";
    std::vector<log::LostPart> parts;
    const auto padded = text + std::string(io::k_padding, ' ');
    const log::CallFilter none_passes(json::NameKey(), {});
    log::RecordReader reader(log::all_logs(), none_passes);
    reader.read({.text = std::string_view(padded).substr(0, text.size())},
                {.take = [](const log::Event&) {},
                 .skip = [&parts](const log::LostPart& part) { parts.push_back(part); },
                 .miss = [](std::string_view) {},
                 .pass_over = [] {}});
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].position == a.size() + 1);
    CHECK(parts[0].bytes == 2 * damaged.size() + 1);
    CHECK(parts[0].records == 2);
    CHECK_FALSE(parts[0].is_cut_off);
    CHECK(parts[1].bytes == 17);
    CHECK(parts[1].position == text.size() - 17);
    CHECK(parts[1].records == 1);
    CHECK(parts[1].is_cut_off);
}

TEST_CASE("record reader: a record that was cut does not hide those behind it") {
    // Brackets that nobody asks for are only counted, so that this looks like one record.
    const std::string cut = R"({"eventSource":"s","eventName":"c","requestParameters":{)";
    CHECK(told_of(cut + ',' + record_of_call("a") + ',' + record_of_call("b") + "]}").size() == 3);
    CHECK(told_of(cut + ',' + record_of_call("a") + ',' + record_of_call("b") + "]}").back() ==
          "b");
}

TEST_CASE("record reader: records in an array of another one are not read, and not silently") {
    const std::string a = R"({"eventVersion":"1","eventName":"a","eventSource":"s"})";
    const std::string cut =
        R"({"eventVersion":"1","eventName":"c","eventSource":"s","resources":[{"ARN":"x"})";
    const std::string held = "is in an array of another record";
    const auto told = told_of(cut + ',' + a + ',' + a + "]}");
    REQUIRE(told.size() == 2);
    CHECK(told.front() == "c@");
    CHECK(told.back().starts_with(held));
    // A list's own brackets close it, too.
    const auto in_list = told_of(R"({"Records":[)" + a + ',' + cut + ',' + a + ',' + a + "]}");
    REQUIRE(in_list.size() >= 3);
    CHECK(in_list[2].starts_with(held));
    CHECK(told_of(R"({"eventName":"c","eventSource":"s","requestParameters":{"eventName":"x"}})") ==
          Told{"c@"});
}

TEST_CASE("record reader: those that follow a record of a list that was cut in an array are read") {
    const std::string a = R"({"eventVersion":"1","eventName":"a","eventSource":"s"})";
    const std::string cut = R"({"eventVersion":"1","resources":[{"b":[{"ARN":"x"})";
    for (const std::string begin : {"[", R"({"Records":[)"}) {
        const std::string text = begin + a + ',' + cut + ',' + a + ',' + a + "]}";
        const auto told = told_of(text);
        CHECK(std::ranges::count(told, "a") == 3);
        CHECK(told.size() == 4);
    }
    // Not in a text of its own, in which somebody could have made them up.
    CHECK(told_of(cut + ',' + a + ',' + a).size() == 1);
}

TEST_CASE("record reader: an object that is cut off before its list is reported once") {
    const std::string whole = R"({"a":[1],"Records":[)";
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        CHECK(told_of(whole.substr(0, cut)).size() == 1);
    }
}
