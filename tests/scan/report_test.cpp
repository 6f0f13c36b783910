#include "scan/report.hpp"

#include <doctest/doctest.h>

#include <array>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "command/volume_rows.hpp"
#include "detect/builtin.hpp"

using namespace cloudhijack;
using command::Column;
using command::Number;
using command::Row;
using List = std::vector<std::string>;

namespace {

constexpr std::array k_columns = {Column{.name = "n"}, Column{.name = "text"},
                                  Column{.name = "list", .multivalue = true}};

detect::VolumeFinding finding(std::string_view caller) {
    detect::VolumeGroup group;
    group.span_start = cloudtrail::Time{std::chrono::seconds{1'767'323'045}};
    group.service_index = service_index("bedrock");
    group.service = &builtin_catalogue().services()[group.service_index];
    group.caller_arn = caller;
    group.caller_type = "IAMUser";
    group.region = "us-east-1";
    group.event_count = 501;
    group.source_addresses = {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"};
    return detect::assess(group, detect::VolumeRules::of(builtin_catalogue()));
}

std::size_t longest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);) {
        longest = std::max(longest, scan::terminal_columns(line));
    }
    return longest;
}

}  // namespace

TEST_CASE("report: ndjson has numbers as numbers and lists as arrays") {
    const std::vector<Row> rows = {{Number{"1767225600.123456"}, "a\"\n\x1b\xff", List{}},
                                   {Number{"-1"}, "", List{"x", "y"}}};
    CHECK(scan::to_ndjson(k_columns, rows) ==
          "{\"n\":1767225600.123456,\"text\":\"a\\\"\\n\\u001b\xEF\xBF\xBD\",\"list\":[]}\n"
          "{\"n\":-1,\"text\":\"\",\"list\":[\"x\",\"y\"]}\n");
}

TEST_CASE("report: csv makes formulas safe, unless it must not, and leaves numbers alone") {
    const std::vector<Row> rows = {{Number{"-1"}, "=1+1", List{"@a", "b"}},
                                   {Number{"2"}, "a=b", List{"-x"}},
                                   {Number{"3"}, "\tx", List{"+"}}};
    CHECK(scan::to_csv(k_columns, rows, /*raw=*/false) ==
          "n,text,list\n-1,'=1+1,\"'@a\nb\"\n2,a=b,'-x\n3,'\tx,'+\n");
    CHECK(scan::to_csv(k_columns, rows, /*raw=*/true) ==
          "n,text,list\n-1,=1+1,\"@a\nb\"\n2,a=b,-x\n3,\tx,+\n");
}

TEST_CASE("report: times in UTC") {
    const auto utc = [](std::int64_t seconds) {
        return scan::to_utc(cloudtrail::Time{std::chrono::seconds{seconds}});
    };
    CHECK(utc(1'767'323'045) == "2026-01-02T03:04:05Z");
    CHECK(utc(-1) == "1969-12-31T23:59:59Z");
    CHECK(utc(-62'135'596'800) == "0001-01-01T00:00:00Z");
}

TEST_CASE("report: text for a terminal has no control characters and fits") {
    CHECK(scan::for_terminal("a\x1b[31mb\n\x7f", 0) == "a?[31mb??");
    CHECK(scan::for_terminal("\xC2\x9B"
                             "x\xff",
                             0) == "?x\xEF\xBF\xBD");
    CHECK(scan::for_terminal("12345", 5) == "12345");
    CHECK(scan::for_terminal("1234567", 5) ==
          "12\xE2\x80\xA6"
          "67");
    CHECK(scan::for_terminal("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3) ==
          "\xC3\xA9\xE2\x80\xA6\xC3\xA9");
    CHECK(scan::for_terminal("ab", 1) == "\xE2\x80\xA6");
    CHECK(scan::for_terminal("a\xE2\x80\xAE"
                             "b\xE2\x80\xA8"
                             "c",
                             0) == "a?b?c");  // U+202E, U+2028
    CHECK(scan::for_terminal("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2", 5) ==
          "\xE6\xBC\xA2\xE2\x80\xA6\xE6\xBC\xA2");  // wide ones
    CHECK(scan::terminal_columns("a\xE6\xBC\xA2\xF0\x9F\x93\xA7") == 5);
}

TEST_CASE("report: a table with the reasons below each row") {
    const std::vector findings = {finding("arn:aws:iam::1:user/test")};
    CHECK(
        scan::to_table(findings, {}) ==
        "Score  Span from             Service      Calls  Limit  Caller                    Region "
        "    Addresses\n"
        "    5  2026-01-02T03:04:05Z  AWS Bedrock    501     50  arn:aws:iam::1:user/test  "
        "us-east-1  4 (2001:db8::1, ...)\n"
        "        501 calls in 1h, more than 10 times the threshold of 50 (+3)\n"
        "        4 source addresses, more than 3 (+1)\n"
        "        the caller's name matches (temp|tmp|test|anon|random) (+1)\n");
    CHECK(scan::to_table({}, {}).empty());
}

TEST_CASE("report: a table fits the terminal and is coloured only when told") {
    const std::string long_name = "arn:aws:iam::1:user/" + std::string(300, 'x') + "\x1b[2J";
    const std::vector findings = {finding(long_name), finding("arn:aws:iam::1:user/b")};
    for (const std::size_t width : {20U, 40U, 60U, 80U, 100U, 110U, 150U, 200U}) {
        CAPTURE(width);
        const std::string table = scan::to_table(findings, {.width = width});
        CHECK(longest_line(table) <= width);
        CHECK_FALSE(table.contains('\x1b'));
    }
    CHECK(longest_line(scan::to_table(findings, {})) > 300);
    CHECK(scan::to_table(findings, {.colour = true}).contains("\x1b[33m"));
}
