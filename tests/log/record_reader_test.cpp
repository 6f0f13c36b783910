#include "log/record_reader.hpp"

#include <doctest/doctest.h>

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
    CHECK(told_of(R"({"Records":[1,)" + record_of_call("b") +
                  R"(,{"eventSource":"s","eventName":01}]})") ==
          Told{"holds a record that is no JSON object", "b",
               "holds a record that is broken or cut-off JSON: NUMBER_ERROR: "
               "Problem while parsing a number"});
    CHECK(told_of(R"({"Records":[{"Records":[)" + record_of_call("a") + "]}]}") == Told{"a"});
    CHECK(told_of(R"({"Records":[]})").empty());
    CHECK(told_of("[]").empty());
}

TEST_CASE("record reader: one that is none is told once") {
    CHECK(told_of("x") == Told{"is no JSON object"});
    CHECK(told_of("") == Told{"is empty"});
    CHECK(told_of(" \n") == Told{"is empty"});
    CHECK(told_of("\"\"") == Told{"is no JSON object"});
    CHECK(told_of("{}") == Told{"has no keys"});
    CHECK(told_of(R"({"a":1,"b":2})") == Told{R"(has the keys "a", "b")"});
    CHECK(told_of(record_of_call("a") + record_of_call("b")) ==
          Told{"has text after the end of its JSON object"});
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
            CHECK((why.contains("ends inside its list") || why.contains("broken or cut-off JSON")));
        }
    }
}

TEST_CASE("record reader: an object that is cut off before its list is reported once") {
    const std::string whole = R"({"a":[1],"Records":[)";
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        CAPTURE(cut);
        CHECK(told_of(whole.substr(0, cut)).size() == 1);
    }
}
