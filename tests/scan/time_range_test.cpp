#include "scan/time_range.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "scan/scan_options.hpp"

using namespace cloudhijack;
using scan::TimeRange;

namespace {

using Value = std::optional<std::string>;

text::Time at(std::string_view time) { return text::parse_iso_time(time).value(); }

// The range in words, or the error.
std::string range(const Value& from, const Value& to) {
    const auto range = scan::read_time_range(from, to, at("2026-03-11T12:00:30"));
    if (!range) return range.error().text;
    return range->is_unlimited() ? "unlimited" : scan::in_words(*range);
}

}  // namespace

TEST_CASE("time range: times, dates and spans before now") {
    CHECK(range({}, {}) == "unlimited");
    CHECK(range("2026-03-11T11:45", {}) == "2026-03-11T11:45:00Z and later");
    CHECK(range({}, "2026-03-11T11:45:01+01:00") == "before 2026-03-11T10:45:01Z");
    CHECK(range("2026-03-10", "2026-03-11") == "2026-03-10T00:00:00Z to 2026-03-11T00:00:00Z");
    CHECK(range("90s", {}) == "2026-03-11T11:59:00Z and later");
    CHECK(range("30m", {}) == "2026-03-11T11:30:30Z and later");
    CHECK(range("12h", {}) == "2026-03-11T00:00:30Z and later");
    CHECK(range("7d", "1d") == "2026-03-04T12:00:30Z to 2026-03-10T12:00:30Z");
    CHECK(range("2w", "2026-03-01") == "2026-02-25T12:00:30Z to 2026-03-01T00:00:00Z");
    CHECK(range("36500d", "5214w") == "1926-04-05T12:00:30Z to 1926-04-07T12:00:30Z");
}

TEST_CASE("time range: its name in messages") {
    CHECK(with_name({}) == "the time range");
    CHECK(with_name({.from = {}, .to = at("2026-03-11")}) ==
          "the time range (before 2026-03-11T00:00:00Z)");
}

TEST_CASE("time range: errors name the option, the value and what is accepted") {
    for (const auto* value :
         {"", "yesterday", "7", "d", "w", "0d", "0w", "-7d", "1.5d", "7D", "1y", "36501d", "5215w",
          "99999999999999999999d", "2026-03", "2026-03-11T25:00", "1700000000"}) {
        CAPTURE(value);
        const std::string problem =
            "invalid value \"" + std::string(value) + "\"; it accepts " + std::string(scan::k_when);
        CHECK(range(value, {}) == "option --from: " + problem);
        CHECK(range({}, value) == "option --to: " + problem);
    }
    for (const auto* value : {"2026-02-30", "2026-02-29T10:00Z", "2026-00-01", "0000-01-01"}) {
        CHECK(range(value, {}).starts_with("option --from: invalid value \"" + std::string(value) +
                                           "\" (there is no such day); it accepts "));
    }
}

TEST_CASE("time range: the beginning must be before the end, and the error shows both in UTC") {
    CHECK(range("2026-03-11", "2026-03-11T01:00+02:00") ==
          "options --from and --to: 2026-03-11T00:00:00Z is not before 2026-03-10T23:00:00Z; "
          "--from must be earlier than --to");
    CHECK(range("2026-03-11", "2026-03-11").starts_with("options --from and --to: "));
    CHECK(range("1d", "7d").contains("2026-03-10T12:00:30Z is not before 2026-03-04T12:00:30Z"));
    CHECK(range("2026-03-11", "2026-03-11T00:00:00.000001").ends_with("Z"));
}

TEST_CASE("time range: the beginning is inclusive and the end is exclusive") {
    const TimeRange range{.from = at("2026-03-10"), .to = at("2026-03-11")};
    constexpr std::chrono::microseconds step{1};
    CHECK(range.contains(*range.from));
    CHECK_FALSE(range.contains(*range.from - step));
    CHECK(range.contains(*range.to - step));
    CHECK_FALSE(range.contains(*range.to));
    CHECK(TimeRange{.from = range.from, .to = {}}.contains(*range.to));
    CHECK(TimeRange{.from = {}, .to = range.to}.contains(*range.from - step));

    CHECK_FALSE(range.overlaps(*range.from - step, *range.from));
    CHECK(range.overlaps(*range.from - step, *range.from + step));
    CHECK(range.overlaps(*range.to - step, *range.to + step));
    CHECK_FALSE(range.overlaps(*range.to, *range.to + step));
    CHECK(range.overlaps(*range.from - step, *range.to + step));
    CHECK(TimeRange{}.overlaps(*range.from, *range.to));
}
