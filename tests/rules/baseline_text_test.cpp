#include "rules/baseline_text.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "rules/phase.hpp"

using namespace cloudhijack;
using namespace cloudhijack::rules;

namespace {

constexpr std::int64_t k_now = 1'773'576'000;  // 15 March 2026, 12:00
constexpr std::int32_t k_today = 20'527;

SeenValues list_of(std::string_view text, ValueKind kind = ValueKind::model) {
    const auto read = read_values(text, kind, k_now);
    CHECK(read.problems.empty());
    return read.value;
}

// The problem with the single value of a text; empty if the value counts.
std::string fault(std::string_view text, ValueKind kind = ValueKind::model) {
    const auto read = read_values(text, kind, k_now);
    CHECK(read.problems.size() <= 1);
    CHECK(read.value.is_empty() != read.problems.empty());
    return read.problems.empty() ? "" : read.problems.front();
}

std::string fault_of_making(std::string_view text) {
    const auto read = read_makings(text, k_now);
    CHECK(read.value.empty() != read.problems.empty());
    return read.problems.empty() ? "" : read.problems.front();
}

std::string any_text(std::mt19937& random) {
    static const std::vector<std::string> pieces = {" ", "%", "=", "*", "/", "\t", "\n", "\x7F",
                                                    "a", "Z", "9", ":", ",", "\"", "ü",  "\u00A0"};
    std::string text;
    const auto size = 1 + random() % 12;
    while (text.size() < size) text += pieces[random() % pieces.size()];
    return text;
}

SeenDays any_days(std::mt19937& random) {
    const auto last = static_cast<std::int32_t>(k_today + 1 - random() % 400);
    return {.first = last - static_cast<std::int32_t>(random() % 100), .last = last};
}

}  // namespace

TEST_CASE("baseline text: values are encoded so that they contain no separators") {
    CHECK(percent_encoded("a b%c=d\n") == "a%20b%25c%3Dd%0A");
    CHECK(percent_encoded("*") == "%2A");
    CHECK(percent_encoded("a*") == "a*");
    CHECK(percent_encoded("ü") == "ü");
    CHECK(percent_decoded("a%20b%25c%3dd%0A") == "a b%c=d\n");
    for (const char* text : {"%", "a%2", "%zz", "%%", "%FF"}) CHECK_FALSE(percent_decoded(text));
}

TEST_CASE("baseline text: dates") {
    CHECK(date_text(0) == "1970-01-01");
    CHECK(date_text(k_today) == "2026-03-15");
    CHECK(date_of_text("2026-03-15") == k_today);
    CHECK(date_of_text("2024-02-29"));
    for (const char* text : {"", "2026-3-15", "15.03.2026", "2026-02-30", "2026/03/15", "46083",
                             "1969-12-31", "+026-03-15", "2026-03-15T", "2026-00-10"}) {
        CHECK_FALSE(date_of_text(text));
    }
}

TEST_CASE("baseline text: ISO weeks") {
    CHECK(week_text(0) == "1970-W01");
    CHECK(week_of_day(-3) == 0);
    CHECK(week_of_day(-4) == -1);
    CHECK(week_of_day(3) == 0);
    CHECK(week_of_day(4) == 1);
    const auto week_of = [](std::string_view date) {
        return week_text(week_of_day(*date_of_text(date)));
    };
    CHECK(week_of("2026-03-15") == "2026-W11");  // a Sunday
    CHECK(week_of("2026-03-16") == "2026-W12");
    CHECK(week_of("2027-01-03") == "2026-W53");
    CHECK(week_of("2025-12-29") == "2026-W01");
    CHECK(week_of("2023-01-01") == "2022-W52");
    CHECK(end_of_week(week_of_day(k_today)) == k_today + 1);
    CHECK(week_of_text("2026-W53"));
    for (const char* text :
         {"", "2025-W53", "2026-W00", "2026-W54", "2026W11", "2026-11", "2026-W1", "26-W11"}) {
        CHECK_FALSE(week_of_text(text));
    }
    for (std::int32_t day = 0; day < 30'000; ++day) {
        const Baseline::Week week = week_of_day(day);
        CHECK(week_of_text(week_text(week)) == week);
        CHECK((end_of_week(week) - 7 <= day && day < end_of_week(week)));
    }
}

TEST_CASE("baseline text: a list is written in byte order, after the days with too many") {
    SeenValues values;
    values.add("us-east-1", {.first = k_today - 13, .last = k_today});
    values.add("eu west", {.first = k_today, .last = k_today});
    CHECK(text_of(values) == "eu%20west=2026-03-15/2026-03-15 us-east-1=2026-03-02/2026-03-15");
    values.add_too_many({.first = k_today - 14, .last = k_today - 1});
    CHECK(text_of(values).starts_with("*=2026-03-01/2026-03-14 eu%20west="));
    CHECK(text_of(SeenValues{}).empty());
    CHECK(client_text(0xABCU) == "00000abc");
}

TEST_CASE("baseline text: a written text is read back unchanged") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        SeenValues values;
        for (auto count = random() % 8; count > 0; --count) {
            values.add(any_text(random), any_days(random));
        }
        if (random() % 3 == 0) values.add_too_many(any_days(random));
        CHECK(list_of(text_of(values)) == values);

        std::map<Baseline::Week, std::uint64_t> peaks;
        for (auto count = random() % 8; count > 0; --count) {
            peaks[week_of_day(any_days(random).last)] = random();
        }
        const auto read_again = read_peaks(text_of(peaks), k_now);
        CHECK(read_again.problems.empty());
        CHECK(read_again.value == peaks);

        Baseline::Row row;
        for (auto count = random() % 6; count > 0; --count) {
            row.add_making({.second = static_cast<std::int64_t>(k_now - random() % 10'000'000),
                            .maker = any_text(random),
                            .is_from_known_source = random() % 2 == 0});
        }
        const auto made = read_makings(text_of(row.made), k_now);
        CHECK(made.problems.empty());
        CHECK(made.value == row.made);
    }
}

TEST_CASE("baseline text: phases, networks and clients are normalised when they are read") {
    for (const std::string_view phase : k_phase_names) {
        CHECK(fault(std::string(phase) + "=2026-03-02/2026-03-15", ValueKind::phase).empty());
    }
    const auto read = [](std::string_view value, ValueKind kind) {
        return list_of(std::string(value) + "=2026-03-02/2026-03-15", kind).values().begin()->first;
    };
    CHECK(read("USE", ValueKind::phase) == "use");
    CHECK(read("0F4A9C21", ValueKind::client) == "0f4a9c21");
    CHECK(read("203.0.0.0/16", ValueKind::network) == "203.0.0.0/16");
    CHECK(read("2001:DB8::/32", ValueKind::network) == "2001:db8::/32");
    CHECK(read("AppStream.amazonaws.com", ValueKind::network) == "appstream.amazonaws.com");
    CHECK(read("Claude=3%20Opus", ValueKind::model) == "Claude=3 Opus");
    // The value appears in two cases, once in one and twice in the other: the days add up.
    CHECK(list_of("use=2026-03-02/2026-03-03 Use=2026-03-07/2026-03-15", ValueKind::phase)
              .is_usual("use"));
}

TEST_CASE("baseline text: a value that cannot be read costs only itself") {
    constexpr std::string_view days = "=2026-03-02/2026-03-15";
    for (const char* text :
         {"a=2026-03-02/15.03.2026", "a=46083", "a=1.23E+05", "a=", "a=2026-03-02", "a=2026-03-02/",
          "a=2026-3-2/2026-3-15", "a=2026-03-02/2026-03-15/x"}) {
        CHECK(fault(text).contains(
            " has no first and last day; write them like 2026-03-02/2026-03-15"));
    }
    CHECK(fault("a").contains(" has no =; write "));
    CHECK(fault("46083").contains(" has no =; write "));
    CHECK(fault("a=2026-03-15/2026-03-02").contains(" has its last day before the first"));
    CHECK(fault("a=2026-03-15/9999-12-31").contains(" has its last day in the future"));
    CHECK(fault("a=2026-03-15/2026-03-17").contains(" has its last day in the future"));
    CHECK(fault("a=2026-03-15/2026-03-16").empty());  // a day ahead of the clock
    CHECK(fault("*=9999-01-01/9999-12-31").contains(" has its last day in the future"));
    CHECK(fault("=2026-03-02/2026-03-15").contains(" has no value before the =; write "));
    CHECK(fault("a%=2026-03-02/2026-03-15")
              .contains(" has a % without two hexadecimal digits; write it as %25"));
    CHECK(fault(std::string(257, 'a') + std::string(days))
              .contains(" has a value that is too long; write at most 256 bytes"));
    CHECK(fault(std::string(256, 'a') + std::string(days)).empty());
    const auto value = [&](std::string_view text, ValueKind kind) {
        return fault(std::string(text) + std::string(days), kind);
    };
    CHECK(value("using", ValueKind::phase).contains(" is not a phase; write "));
    CHECK(value("203.0.113.0/16", ValueKind::network).contains("; write 203.0.0.0/16"));
    CHECK(value("203.0.0.0/24", ValueKind::network).contains("; write 203.0.0.0/16"));
    CHECK(value("203.0.0.0", ValueKind::network).contains("; write 203.0.0.0/16"));
    CHECK(value("2001:db8::1/32", ValueKind::network).contains("; write 2001:db8::/32"));
    for (const char* text : {"203.0", "home", "a b.com", "300.0.0.0/16", "1.5"}) {
        CHECK(value(percent_encoded(text), ValueKind::network).contains(" is not a network"));
    }
    for (const char* text : {"1.23E+05", "12345", "0f4a9c2g", "0x4a9c21", "0f4a9c210"}) {
        CHECK(value(text, ValueKind::client)
                  .contains(" is not a client; write 8 hexadecimal digits"));
    }
    const auto rest =
        read_values("a=2026-03-02/2026-03-15 b=1 c=2026-03-02/2026-03-15", ValueKind::model, k_now);
    CHECK(rest.problems.size() == 1);
    CHECK(rest.value.values().size() == 2);
}

TEST_CASE("baseline text: peaks that cannot be read") {
    const auto read = read_peaks(
        "2026-W10=320 2026-W10=300 2026-W11=1.23E+05 2026-W13=1 2025-W53=1 2026-W09 =4 "
        "9999-W01=1 2026-W11=-1 2026-W12=7 2026-W08=99999999999999999999",
        k_now);
    CHECK(read.value == std::map<Baseline::Week, std::uint64_t>{{*week_of_text("2026-W10"), 320},
                                                                {*week_of_text("2026-W12"), 7}});
    CHECK(read.problems.size() == 8);
    CHECK(read.problems.front() ==
          "\"2026-W11=1.23E+05\" is not the peak of a week; write it like 2026-W11=340");
    CHECK(std::ranges::count_if(read.problems, [](const std::string& problem) {
              return problem.contains(" is of a week in the future");
          }) == 2);
}

TEST_CASE("baseline text: makings") {
    const auto read = read_makings(
        "2026-03-02T10:04:05Z/arn:aws:iam::111122223333:user/a%20b/K "
        "2026-03-01T10:04:05Z/eve/s 2026-03-02T10:04:05Z/arn:aws:iam::111122223333:user/a%20b/s",
        k_now);
    CHECK(read.problems.empty());
    REQUIRE(read.value.size() == 2);
    CHECK(read.value[0].maker == "eve");
    CHECK(read.value[1].maker == "arn:aws:iam::111122223333:user/a b");
    CHECK_FALSE(read.value[1].is_from_known_source);  // once a stranger's, always a stranger's
    CHECK(text_of(read.value)
              .ends_with("2026-03-02T10:04:05Z/arn:aws:iam::111122223333:user/a%20b/s"));
    CHECK(fault_of_making("eve").contains(" has no time, maker and source; write them like "));
    CHECK(fault_of_making("2026-03-02T10:04:05Z/k")
              .contains(" has no time, maker and source; write them like "));
    CHECK(fault_of_making("46083/eve/k").contains(" has no valid time; write it like "));
    CHECK(fault_of_making("02.03.2026/eve/k").contains(" has no valid time; write it like "));
    CHECK(fault_of_making("2026-03-02T10:04:05Z//k").contains(" has no maker; write "));
    CHECK(fault_of_making("2026-03-02T10:04:05Z/%/k")
              .contains(" has a % without two hexadecimal digits; write it as %25"));
    CHECK(fault_of_making("2026-03-02T10:04:05Z/eve/x").contains(" has no source; end it with /k"));
    CHECK(fault_of_making("9999-03-02T10:04:05Z/eve/k").contains(" has a time in the future"));
    CHECK(fault_of_making("1960-03-02T10:04:05Z/eve/k").contains(" has a time before 1970"));
    CHECK(fault_of_making("2026-03-02T10:04:05Z/" + std::string(257, 'e') + "/k")
              .contains(" has a maker that is too long; write at most 256 bytes"));
}
