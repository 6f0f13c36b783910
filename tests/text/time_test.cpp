#include "text/time.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace cloudhijack;
using text::parse_time;

namespace {

// The time as epoch seconds, or "none".
std::string read(std::string_view text) {
    const auto time = parse_time(text);
    return time ? text::to_epoch_seconds(*time) : "none";
}

}  // namespace

TEST_CASE("time: epoch seconds, with and without a fraction") {
    CHECK(read("0") == "0");
    CHECK(read("1700000000") == "1700000000");
    CHECK(read("1700000000.000") == "1700000000");
    CHECK(read("1700000000.5") == "1700000000.5");
    CHECK(read("1700000000.050") == "1700000000.05");
    CHECK(read("1700000000.123456") == "1700000000.123456");
    CHECK(read("1700000000.1234569") == "1700000000.123456");
    CHECK(read("-1.5") == "-1.5");
    CHECK(read("253402300799") == "253402300799");
    CHECK(read("-62135596800") == "-62135596800");
}

TEST_CASE("time: epoch milliseconds have 13 digits") {
    CHECK(read("1700000000250") == "1700000000.25");
    CHECK(read("9999999999999") == "9999999999.999");
    CHECK(read("1700000000250.5") == "none");
    CHECK(read("-1700000000250") == "none");
    CHECK(read("17000000002500") == "none");
}

TEST_CASE("time: calendar forms") {
    CHECK(read("2023-11-14T22:13:20Z") == "1700000000");
    CHECK(read("2023-11-14T22:13:20") == "1700000000");
    CHECK(read("2023-11-14 22:13:20") == "1700000000");
    CHECK(read("2023-11-14 22:13:20.250") == "1700000000.25");
    CHECK(read("2023-11-14T22:13:20.1234567Z") == "1700000000.123456");
    CHECK(read("2014-06-11T08:19:59.000-0700") == "1402499999");
    CHECK(read("2023-11-15T03:43:20+05:30") == "1700000000");
    CHECK(read("2023-11-15T00:13:20+02") == "1700000000");
    CHECK(read("2024-02-29T00:00:00Z") == "1709164800");
    CHECK(read("2016-12-31T23:59:60Z") == "1483228800");
    CHECK(read("1969-12-31T23:59:59.75Z") == "-0.25");
    CHECK(read("0001-01-01T00:00:00Z") == "-62135596800");
    CHECK(read("9999-12-31T23:59:59Z") == "253402300799");
}

TEST_CASE("time: the format of e-mail") {
    CHECK(read("Thu, 30 Jul 2015 20:12:31 +0000") == "1438287151");
    CHECK(read("Thu, 30 Jul 2015 22:12:31 +0200") == "1438287151");
    CHECK(read("30 Jul 2015 20:12:31 GMT") == "1438287151");
    CHECK(read("Sat, 1 Aug 2015 00:00:00 -0730") == "1438414200");
    for (const std::string_view text :
         {"Thu, 30 Jul 2015 20:12:31", "Thu 30 Jul 2015 20:12:31 +0000",
          "Thu, 31 Jun 2015 20:12:31 +0000", "Thu, 30 jul 2015 20:12:31 +0000",
          "Thu, 30 Jul 15 20:12:31 +0000", "Thu, 30 Jul 2015 20:12:31 +0000 ",
          "Thu, 30 Jul 2015 24:12:31 +0000", "30 Jul 2015 20:12:31 GMT+1"}) {
        CHECK_MESSAGE(read(text) == "none", text);
    }
}

TEST_CASE("time: the American format") {
    CHECK(read("1/9/2007 9:41:00 AM") == "1168335660");
    CHECK(read("01/09/2007 09:41:00 PM") == "1168378860");
    CHECK(read("12/31/2024 12:00:01 AM") == "1735603201");
    CHECK(read("12/31/2024 12:00:01 PM") == "1735646401");
    for (const std::string_view text :
         {"1/9/2007 9:41:00", "1/9/2007 0:41:00 AM", "1/9/2007 13:41:00 PM", "13/1/2007 9:41:00 AM",
          "2/29/2007 9:41:00 AM", "1/9/07 9:41:00 AM", "1/9/2007 9:41:00 am",
          "1/9/2007 9:41:00 AM Z", "1/9/2007"}) {
        CHECK_MESSAGE(read(text) == "none", text);
    }
}

TEST_CASE("time: other texts are rejected") {
    for (const std::string_view text : {"",
                                        " ",
                                        "now",
                                        "-",
                                        ".5",
                                        "1.",
                                        "1.x",
                                        "1e9",
                                        "+1",
                                        "1 ",
                                        " 1",
                                        "--1",
                                        "1,5",
                                        "253402300800",
                                        "-62135596801",
                                        "-62135596800.1",
                                        "99999999999999999999",
                                        "2023-11-14",
                                        "2023-11-14T22:13",
                                        "2023-11-14T22:13:20.",
                                        "2023-11-14T22:13:20X",
                                        "2023-11-14T22:13:20Z ",
                                        "2023-11-14T22:13:20+",
                                        "2023-11-14T22:13:20+5",
                                        "2023-11-14T22:13:20+05:",
                                        "2023-11-14T22:13:20+2400",
                                        "2023-11-14t22:13:20",
                                        "2023-13-01T00:00:00Z",
                                        "2023-00-01T00:00:00Z",
                                        "2023-02-29T00:00:00Z",
                                        "2023-11-31T00:00:00Z",
                                        "2023-11-14T24:00:00Z",
                                        "2023-11-14T22:60:00Z",
                                        "2023-11-14T22:13:61Z",
                                        "0000-01-01T00:00:00Z",
                                        "23-11-14T22:13:20Z"}) {
        CAPTURE(text);
        CHECK(read(text) == "none");
    }
}

TEST_CASE("time: shown in UTC") {
    const auto utc = [](std::int64_t seconds) {
        return text::to_utc(text::Time{std::chrono::seconds{seconds}});
    };
    CHECK(utc(1'767'323'045) == "2026-01-02T03:04:05Z");
    CHECK(utc(-1) == "1969-12-31T23:59:59Z");
    CHECK(utc(-62'135'596'800) == "0001-01-01T00:00:00Z");
}

TEST_CASE("time: ISO 8601 as people type it") {
    const auto typed = [](std::string_view text) {
        const auto time = text::parse_iso_time(text);
        return time ? text::to_epoch_seconds(*time) : "none";
    };
    CHECK(typed("2023-11-14") == "1699920000");
    CHECK(typed("2024-02-29") == "1709164800");
    CHECK(typed("2023-11-14T22:13") == "1699999980");
    CHECK(typed("2023-11-14 22:13") == "1699999980");
    CHECK(typed("2023-11-14T22:13Z") == "1699999980");
    CHECK(typed("2023-11-15T03:43+05:30") == "1699999980");
    CHECK(typed("2023-11-14T20:13-0200") == "1699999980");
    CHECK(typed("2023-11-14T22:13:20.25Z") == "1700000000.25");
    CHECK(read("2023-11-14T22:13Z") == "none");
    for (const auto* text : {"",
                             "2023",
                             "2023-11",
                             "2023-11-14T",
                             "2023-11-14T22",
                             "2023-11-14T22:",
                             "2023-11-14T22:1",
                             "2023-11-14T22:13:",
                             "2023-11-14T22:13Zx",
                             "2023-11-14T24:00",
                             "2023-11-14T22:60",
                             "2023-02-29",
                             "2026-02-30",
                             "2026-02-30T00:00",
                             "2026-13-01",
                             "2026-00-01",
                             "2026-01-00",
                             "2023-11-14Z",
                             "23-11-14",
                             "2023-11-14 ",
                             " 2023-11-14",
                             "1700000000",
                             "20231114"}) {
        CAPTURE(text);
        CHECK(typed(text) == "none");
    }
}
