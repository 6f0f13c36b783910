#include "output/report_text.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack::output;

TEST_CASE("report text: times and ranges") {
    constexpr std::int64_t second = 1'709'601'241;  // 2024-03-05T01:14:01Z
    CHECK(shown_time(second) == "2024-03-05 01:14:01");
    CHECK(shown_range(second, second) == "2024-03-05 01:14:01 UTC");
    CHECK(shown_range(second, second + 60) == "2024-03-05, 01:14:01 to 01:15:01 UTC");
    CHECK(shown_range(second, second + 86'400) == "2024-03-05 01:14:01 to 2024-03-06 01:14:01 UTC");
}

TEST_CASE("report text: numbers in groups of three digits") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(1'234'567) == "1,234,567");
    CHECK(grouped(1, "call") == "1 call");
    CHECK(grouped(2'000, "call") == "2,000 calls");
}

TEST_CASE("report text: the points at the end of a reason") {
    CHECK(scored_text("5 calls (+35)").text == "5 calls");
    CHECK(scored_text("5 calls (+35)").points == "+35");
    CHECK(points_of(scored_text("5 calls (+35)")) == 35);
    for (const char* text : {"", "5 calls", "5 calls (+)", "5 calls (+x)", "5 calls (+5) more",
                             "(+5", "(us-east-1)"}) {
        CAPTURE(text);
        CHECK(scored_text(text).text == text);
        CHECK(scored_text(text).points.empty());
        CHECK(points_of(scored_text(text)) == 0);
    }
}

TEST_CASE("report text: the sentence and the command of a response") {
    const auto step = response_step("Pause all sending: aws sesv2 put: x");
    CHECK(step.sentence == "Pause all sending");
    CHECK(step.command == "aws sesv2 put: x");
    CHECK(response_step("Call the provider").sentence == "Call the provider");
    CHECK(response_step("Call the provider").command.empty());
}

TEST_CASE("report text: durations have two units") {
    CHECK(shown_duration(0) == "0 s");
    CHECK(shown_duration(59) == "59 s");
    CHECK(shown_duration(61) == "1 min 1 s");
    CHECK(shown_duration(3600) == "1 h");
    CHECK(shown_duration(86'340) == "23 h 59 min");
    CHECK(shown_duration(86'400 + 60) == "24 h 1 min");
    CHECK(shown_duration(2 * 86'400 + 3600) == "2 days 1 h");
    CHECK(shown_duration(3000 * 86'400LL) == "3,000 days");
}
