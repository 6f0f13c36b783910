#include "log/record_reader.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "log/reported_records.hpp"

using namespace cloudhijack;
using log::record_of_call;
using log::results_of;

using Results = std::vector<std::string>;

TEST_CASE("record reader: the row's time applies to a whole record, not to one in an envelope") {
    CHECK(results_of(record_of_call("a")) == Results{"a@"});
    CHECK(results_of(R"({"detail":)" + record_of_call("a") + "}") == Results{"a"});
    CHECK(results_of(R"({"CloudTrailEvent":"{\"eventSource\":\"s\",\"eventName\":\"a\"}"})") ==
          Results{"a"});
    CHECK(results_of(R"({"Records":[)" + record_of_call("a") + "]}") == Results{"a"});
}

TEST_CASE(
    "record reader: each record of a list counts, in any envelope, and the broken ones are told") {
    CHECK(results_of(R"({"Records":[)" + record_of_call("a") + ',' + record_of_call("b") +
                     R"(,{"detail":)" + record_of_call("c") + "}]}") == Results{"a", "b", "c"});
    CHECK(results_of(
              R"({"Events":[{"CloudTrailEvent":"{\"eventSource\":\"s\",\"eventName\":\"a\"}"},)"
              R"({"EventId":"x"}]})") == Results{"a", R"(has the key "EventId")"});
    CHECK(results_of(R"({"Records":[1,)" + record_of_call("b") +
                     R"(,{"eventSource":"s","eventName":01}]})") ==
          Results{"holds a record that is not a JSON object", "b",
                  "holds a record that is not valid JSON: it has a number or an escape that JSON "
                  "does not allow, at byte 31"});
    CHECK(results_of(R"({"Records":[{"Records":[)" + record_of_call("a") + "]}]}") == Results{"a"});
    CHECK(results_of(R"({"Records":[]})").empty());
    CHECK(results_of("[]").empty());
}

TEST_CASE("record reader: a text that is not a record is reported once") {
    CHECK(results_of("x") == Results{"is not a JSON object"});
    CHECK(results_of("") == Results{"is empty"});
    CHECK(results_of(" \n") == Results{"is empty"});
    CHECK(results_of("\"\"") == Results{"is not a JSON object"});
    CHECK(results_of("{}") == Results{"has no keys"});
    CHECK(results_of(R"({"a":1,"b":2})") == Results{R"(has the keys "a", "b")"});
    CHECK(results_of(record_of_call("a") + " x") == Results{"a", "is not a JSON object"});
}

TEST_CASE("record reader: the complete elements of a truncated list count, the rest is reported") {
    for (const std::string before : {"[", R"({"Records":[)", R"({"a":[1],"records": [)"}) {
        const std::string after = before == "[" ? "]" : "]}";
        const std::string whole = before + record_of_call("a") + ", " + record_of_call("b") +
                                  ",\n" + record_of_call("c") + after;
        REQUIRE(results_of(whole) == Results{"a", "b", "c"});
        for (std::size_t cut = before.size(); cut < whole.size(); ++cut) {
            const std::string text = whole.substr(0, cut);
            CAPTURE(text);
            Results expected;
            for (const std::string name : {"a", "b", "c"}) {
                if (text.contains(record_of_call(name))) expected.push_back(name);
            }
            Results results = results_of(text);
            REQUIRE(results.size() == expected.size() + 1);
            const std::string why = results.back();
            results.pop_back();
            CHECK(results == expected);
            CHECK((why.contains("ends inside its list") || why.contains("is cut off: ")));
        }
    }
}

TEST_CASE("record reader: each of several consecutive records counts") {
    const std::string a = record_of_call("a");
    const std::string b = record_of_call("b");
    CHECK(results_of(a + b) == Results{"a", "b"});
    CHECK(results_of(a + ",\n" + b + ',') == Results{"a", "b"});
    CHECK(results_of(a + R"({"x":1})" + b) == Results{"a", R"(has the key "x")", "b"});
    CHECK(results_of(R"({"detail":)" + a + "}" + b) == Results{"a", "b"});
    CHECK(results_of(a + ',').front() == "a");
}

TEST_CASE("record reader: a damaged record costs only itself, in any envelope, and is reported") {
    const std::string a = record_of_call("a");
    const std::string b = record_of_call("b");
    const std::string damaged = R"({"eventSource":"s,"eventName":"c"})";
    const std::string why =
        R"(is damaged JSON: it has "e" instead of a comma or a closing bracket, at byte 19)";
    CHECK(results_of(damaged + ',' + a + ',' + b) == Results{"a", why, "b"});
    CHECK(results_of('[' + a + ',' + damaged + ',' + b + ']') ==
          Results{"a", "b", "holds a record that " + why});
    CHECK(results_of(R"({"Records":[)" + a + ',' + damaged + ',' + b + "]}") ==
          Results{"a", "b", "holds a record that " + why});
    CHECK(results_of(damaged + damaged) == Results{why});
    // Any other line can quote a record that an attacker made up.
    CHECK(results_of("GET /?" + a) == Results{"is not a JSON object"});
}

TEST_CASE("record reader: a lost part is reported with its position, its bytes and its records") {
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

TEST_CASE("record reader: a truncated record does not hide the records after it") {
    // Brackets in skipped values are only counted, so this looks like one record.
    const std::string cut = R"({"eventSource":"s","eventName":"c","requestParameters":{)";
    CHECK(results_of(cut + ',' + record_of_call("a") + ',' + record_of_call("b") + "]}").size() ==
          3);
    CHECK(results_of(cut + ',' + record_of_call("a") + ',' + record_of_call("b") + "]}").back() ==
          "b");
}

TEST_CASE("record reader: records in an array of another one are not read, but reported") {
    const std::string a = R"({"eventVersion":"1","eventName":"a","eventSource":"s"})";
    const std::string cut =
        R"({"eventVersion":"1","eventName":"c","eventSource":"s","resources":[{"ARN":"x"})";
    const std::string held = "is in an array of another record";
    const auto results = results_of(cut + ',' + a + ',' + a + "]}");
    REQUIRE(results.size() == 2);
    CHECK(results.front() == "c@");
    CHECK(results.back().starts_with(held));
    // The list's own brackets also close the truncated record.
    const auto in_list = results_of(R"({"Records":[)" + a + ',' + cut + ',' + a + ',' + a + "]}");
    REQUIRE(in_list.size() >= 3);
    CHECK(in_list[2].starts_with(held));
    CHECK(results_of(
              R"({"eventName":"c","eventSource":"s","requestParameters":{"eventName":"x"}})") ==
          Results{"c@"});
}

TEST_CASE("record reader: records after a list's record that was truncated in an array are read") {
    const std::string a = R"({"eventVersion":"1","eventName":"a","eventSource":"s"})";
    const std::string cut = R"({"eventVersion":"1","resources":[{"b":[{"ARN":"x"})";
    for (const std::string begin : {"[", R"({"Records":[)"}) {
        const std::string text = begin + a + ',' + cut + ',' + a + ',' + a + "]}";
        const auto results = results_of(text);
        CHECK(std::ranges::count(results, "a") == 3);
        CHECK(results.size() == 4);
    }
    // Not in a separate text, in which an attacker could have made them up.
    CHECK(results_of(cut + ',' + a + ',' + a).size() == 1);
}

TEST_CASE("record reader: an object truncated before its list is reported once") {
    const std::string whole = R"({"a":[1],"Records":[)";
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        CHECK(results_of(whole.substr(0, cut)).size() == 1);
    }
}
