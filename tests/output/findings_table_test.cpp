#include "output/findings_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include "log/cloudtrail.hpp"
#include "output/terminal_text.hpp"
#include "rules/builtin.hpp"

using namespace cloudhijack;
using namespace cloudhijack::rules;

namespace {

detect::VolumeFinding finding(std::string_view caller) {
    detect::VolumeGroup group;
    group.span_start = text::Time{std::chrono::seconds{1'767'323'045}};
    group.service_index = service_index("bedrock");
    group.service = &builtin_catalogue().services()[group.service_index];
    group.caller_arn = caller;
    group.caller_type = "IAMUser";
    group.region = "us-east-1";
    group.event_count = 501;
    group.source_addresses = {"2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"};
    return detect::assess(group, 50, builtin_config().volume);
}

std::size_t longest_line(const std::string& text) {
    std::istringstream lines(text);
    std::size_t longest = 0;
    for (std::string line; std::getline(lines, line);) {
        longest = std::max(longest, output::terminal_columns(line));
    }
    return longest;
}

detect::HuntFinding hunted(std::string name) {
    detect::HuntFinding finding;
    finding.principal = {.account = "111122223333", .name = std::move(name)};
    finding.first_event = 1'767'323'045;
    finding.risk_score = 65;
    finding.severity = detect::severity_of(65);
    finding.services = {"AWS Bedrock", "AWS SES"};
    finding.reasons = {"a probe (+40)"};
    finding.timeline = {"2026-01-02T03:04:05Z use InvokeModel us-east-1 - probe"};
    finding.use_count = 3;
    finding.traits[detect::Trait::address] = {.values = {"2001:db8::1", "2001:db8::2"}, .size = 2};
    return finding;
}

}  // namespace

TEST_CASE("findings: a table with the reasons below each row") {
    const std::vector findings = {finding("arn:aws:iam::1:user/test")};
    CHECK(
        output::to_table(findings, {}) ==
        "Score  Span from             Service      Calls  Limit  Caller                    Region "
        "    Addresses\n"
        "    5  2026-01-02T03:04:05Z  AWS Bedrock    501     50  arn:aws:iam::1:user/test  "
        "us-east-1  4 (2001:db8::1, ...)\n"
        "        501 calls in 1h, more than 10 times the threshold of 50 (+3)\n"
        "        4 source addresses, more than 3 (+1)\n"
        "        the caller's name matches (temp|tmp|test|anon|random) (+1)\n");
    CHECK(output::to_table(std::vector<detect::VolumeFinding>{}, {}).empty());
}

TEST_CASE("findings: a table fits the terminal and is coloured only on request") {
    const std::string long_name = "arn:aws:iam::1:user/" + std::string(300, 'x') + "\x1b[2J";
    const std::vector findings = {finding(long_name), finding("arn:aws:iam::1:user/b")};
    for (const std::size_t width : {20U, 40U, 60U, 80U, 100U, 110U, 150U, 200U}) {
        CAPTURE(width);
        const std::string table = output::to_table(findings, {.width = width});
        CHECK(longest_line(table) <= width);
        CHECK_FALSE(table.contains('\x1b'));
    }
    CHECK(longest_line(output::to_table(findings, {})) > 300);
    CHECK(output::to_table(findings, {.colour = true}).contains("\x1b[33m"));
}

TEST_CASE("findings: a table of principals with their reasons and timeline below") {
    CHECK(
        output::to_table(std::vector{hunted("arn:aws:iam::1:user/eve")}, {}) ==
        "Risk  Severity  First event           Principal                Account       Services     "
        "         Uses  Addresses\n"
        "  65  high      2026-01-02T03:04:05Z  arn:aws:iam::1:user/eve  111122223333  AWS Bedrock, "
        "AWS SES     3  2 (2001:db8::1, ...)\n"
        "        a probe (+40)\n"
        "          2026-01-02T03:04:05Z use InvokeModel us-east-1 - probe\n");
    CHECK(output::to_table(std::vector<detect::HuntFinding>{}, {}).empty());
    for (const std::size_t width : {20U, 40U, 80U, 120U}) {
        CAPTURE(width);
        const std::vector findings = {hunted(std::string(300, 'x') + "\x1b[2J")};
        CHECK(longest_line(output::to_table(findings, {.width = width})) <= width);
    }
    CHECK(output::to_table(std::vector{hunted("eve")}, {.colour = true}).contains("\x1b[1;31m"));
}

TEST_CASE("findings: a table of principals shows where their addresses are") {
    detect::HuntFinding finding = hunted("eve");
    finding.links = {"a link"};
    const auto line = [&finding] {
        const std::string table = output::to_table(std::vector{finding}, {});
        const auto start = table.find("(+40)\n") + 6;
        return table.substr(start, table.find('\n', start) - start);
    };
    CHECK(line() == "          a link");
    finding.source_countries = {"DE", "NL"};
    CHECK(line() == "          from DE, NL");
    finding.source_networks = {"AS64500 Example Hosting", "AS64501 Example Cloud, Inc."};
    CHECK(line() == "          from DE, NL; AS64500 Example Hosting; AS64501 Example Cloud, Inc.");
    finding.source_countries = {};
    finding.source_networks = {"AS1", "AS2", "AS3", "AS4", "AS5", "AS6", "AS7"};
    CHECK(line() == "          from AS1; AS2; AS3; AS4; AS5 and 2 more");
}

TEST_CASE("findings: the severity of a principal determines its colour") {
    const auto table_of_risk = [](std::uint64_t risk) {
        detect::HuntFinding finding = hunted("eve");
        finding.risk_score = risk;
        finding.severity = detect::severity_of(risk);
        return output::to_table(std::vector{finding}, {.colour = true});
    };
    CHECK_FALSE(table_of_risk(40).contains('\x1b'));
    CHECK(table_of_risk(41).contains("\x1b[33m"));
    CHECK(table_of_risk(60).contains("\x1b[33m"));
    CHECK(table_of_risk(61).contains("\x1b[1;31m"));
    CHECK(table_of_risk(81).contains("\x1b[1;31m"));
}

TEST_CASE("findings: a coverage table prints the limits of a log once per account") {
    detect::CoverageFinding seen{.account = "1",
                                 .service = &builtin_catalogue().services()[service_index("ses")],
                                 .region = "r",
                                 .management = 1,
                                 .first = 1'767'323'045,
                                 .last = 1'767'323'045,
                                 .ended_by = {},
                                 .logs = {&log::cloudtrail()}};
    std::vector findings = {seen, seen, seen};
    findings[1].region = "s";
    findings[2].account = "2";
    const std::string table = output::to_table(findings, {});
    const std::string never = "        in this account, CloudTrail never shows data events that";
    const auto first = table.find(never);
    REQUIRE(first != std::string::npos);
    const auto second = table.find(never, first + 1);
    REQUIRE(second != std::string::npos);
    CHECK(table.find(never, second + 1) == std::string::npos);
    CHECK(std::ranges::count(table.substr(first, second - first), '\n') > 3);
    CHECK(table.contains("        never logged: mail sent over SMTP"));
}

TEST_CASE("findings: the findings of each mode become its table, except for a baseline") {
    const std::vector principals = {hunted("eve")};
    CHECK(output::findings_table(detect::HuntFindings{.rows = principals}, {}) ==
          output::to_table(principals, {}));
    const std::vector callers = {finding("arn:aws:iam::1:user/test")};
    CHECK(output::findings_table(detect::VolumeFindings{.rows = callers}, {}) ==
          output::to_table(callers, {}));
    CHECK(output::findings_table(std::vector<detect::CoverageFinding>{}, {}).empty());
    CHECK(output::findings_table(detect::BaselineUpdate{}, {}).empty());
}
