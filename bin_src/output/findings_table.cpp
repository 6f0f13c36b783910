#include "output/findings_table.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "text/time.hpp"
#include "text/words.hpp"

namespace cloudhijack::output {
namespace {

constexpr std::array k_volume_columns = {TableColumn{.title = "Score", .right = true, .rank = 0},
                                         TableColumn{.title = "Span from", .rank = 1},
                                         TableColumn{.title = "Service", .least = 11, .rank = 2},
                                         TableColumn{.title = "Calls", .right = true, .rank = 3},
                                         TableColumn{.title = "Limit", .right = true, .rank = 6},
                                         TableColumn{.title = "Caller", .least = 12, .rank = 0},
                                         TableColumn{.title = "Region", .least = 9, .rank = 4},
                                         TableColumn{.title = "Addresses", .least = 9, .rank = 5}};

constexpr std::array k_hunt_columns = {TableColumn{.title = "Risk", .right = true, .rank = 0},
                                       TableColumn{.title = "Severity", .rank = 1},
                                       TableColumn{.title = "First event", .rank = 4},
                                       TableColumn{.title = "Principal", .least = 12, .rank = 0},
                                       TableColumn{.title = "Account", .least = 12, .rank = 5},
                                       TableColumn{.title = "Services", .least = 11, .rank = 3},
                                       TableColumn{.title = "Uses", .right = true, .rank = 6},
                                       TableColumn{.title = "Addresses", .least = 9, .rank = 7}};

constexpr std::array k_coverage_columns = {
    TableColumn{.title = "Account", .least = 12, .rank = 0},
    TableColumn{.title = "Service", .least = 11, .rank = 0},
    TableColumn{.title = "Region", .least = 9, .rank = 0},
    TableColumn{.title = "Management", .right = true, .rank = 1},
    TableColumn{.title = "Data", .right = true, .rank = 1},
    TableColumn{.title = "First event", .rank = 3},
    TableColumn{.title = "Last event", .rank = 2}};

// The number of values and the first of them.
std::string many(std::uint64_t count, std::string_view first) {
    std::string text = std::to_string(count);
    if (!first.empty()) text += " (" + std::string(first) + (count > 1 ? ", ...)" : ")");
    return text;
}

TableRow to_table_row(const detect::VolumeFinding& finding) {
    const detect::VolumeGroup& group = finding.group;
    const auto& addresses = group.source_addresses;
    TableRow row{.cells = {std::to_string(finding.score), text::to_utc(group.span_start),
                           group.service->label, std::to_string(group.event_count),
                           std::to_string(finding.threshold), std::string(group.caller_arn),
                           std::string(group.region),
                           many(addresses.size(), addresses.empty() ? "" : addresses.front())},
                 .details = finding.reasons};
    if (finding.score >= 3)
        row.emphasis = finding.score >= 5 ? Emphasis::strongest : Emphasis::strong;
    return row;
}

Emphasis emphasis_of(std::string_view severity) {
    if (severity == "critical" || severity == "high") return Emphasis::strongest;
    return severity == "medium" ? Emphasis::strong : Emphasis::none;
}

// The principal of a finding, such as `arn:aws:iam::111122223333:user/ann and 40 more`.
std::string principal_of(const detect::HuntFinding& finding) {
    const std::size_t members = finding.members.size();
    if (members <= 1) return finding.principal.name;
    return finding.principal.name + " and " + std::to_string(members - 1) + " more";
}

// The first values of a list, and how many follow.
std::string first_of(const std::vector<std::string>& values, std::string_view separator) {
    constexpr std::size_t most = 5;
    const auto shown = std::span(values).first(std::min(values.size(), most));
    const std::size_t others = values.size() - shown.size();
    return text::joined(shown, separator) +
           (others == 0 ? "" : " and " + std::to_string(others) + " more");
}

// `from DE, NL; AS64500 Example Hosting`; empty if no database knows where the addresses are.
std::string places_of(const detect::HuntFinding& finding) {
    std::vector<std::string> parts;
    if (!finding.source_countries.empty()) {
        parts.push_back(first_of(finding.source_countries, ", "));
    }
    // Names of networks contain commas.
    if (!finding.source_networks.empty()) parts.push_back(first_of(finding.source_networks, "; "));
    return parts.empty() ? std::string() : "from " + text::joined(parts, "; ");
}

TableRow to_table_row(const detect::HuntFinding& finding) {
    const auto& addresses = finding.traits[detect::Trait::address];
    const text::Time first{std::chrono::seconds{finding.first_event}};
    TableRow row{
        .cells = {std::to_string(finding.risk_score), std::string(finding.severity),
                  text::to_utc(first), principal_of(finding), finding.principal.account,
                  text::joined(finding.services, ", "), std::to_string(finding.use_count),
                  many(addresses.size, addresses.values.empty() ? "" : addresses.values.front())},
        .details = finding.reasons};
    if (std::string places = places_of(finding); !places.empty()) {
        row.details.push_back("  " + std::move(places));
    }
    for (const std::string& line : finding.links) row.details.push_back("  " + line);
    for (const std::string& line : finding.timeline) row.details.push_back("  " + line);
    row.emphasis = emphasis_of(finding.severity);
    return row;
}

std::string time(std::optional<std::int64_t> second) {
    if (!second) return "-";
    return text::to_utc(text::Time{std::chrono::seconds{*second}});
}

TableRow to_table_row(const detect::CoverageFinding& finding) {
    TableRow row{
        .cells = {finding.account, label_of(finding), finding.region.empty() ? "-" : finding.region,
                  std::to_string(finding.management), std::to_string(finding.data),
                  time(finding.first), time(finding.last)},
        .details = {}};
    const std::string not_seen = detect::not_seen(finding);
    if (!not_seen.empty()) row.details.push_back(not_seen);
    const std::string never_logged = detect::never_logged(finding);
    if (!never_logged.empty()) row.details.push_back("never logged: " + never_logged);
    return row;
}

template <class Finding>
std::string table_of(std::span<const TableColumn> columns, std::span<const Finding> findings,
                     TableStyle style) {
    std::vector<TableRow> rows;
    rows.reserve(findings.size());
    for (const Finding& finding : findings) rows.push_back(to_table_row(finding));
    return to_table(columns, rows, style);
}

struct ToTable {
    TableStyle style;

    std::string operator()(const detect::VolumeFindings& findings) const {
        return to_table(findings.rows, style);
    }
    std::string operator()(const detect::HuntFindings& findings) const {
        return to_table(findings.rows, style);
    }
    std::string operator()(const detect::BaselineUpdate& /*update*/) const { return {}; }
    std::string operator()(const std::vector<detect::CoverageFinding>& findings) const {
        return to_table(findings, style);
    }
};

}  // namespace

std::string to_table(std::span<const detect::VolumeFinding> findings, TableStyle style) {
    return table_of(k_volume_columns, findings, style);
}

std::string to_table(std::span<const detect::HuntFinding> findings, TableStyle style) {
    return table_of(k_hunt_columns, findings, style);
}

// The limits of a log are printed once per account; the rows of an account are adjacent.
std::string to_table(std::span<const detect::CoverageFinding> findings, TableStyle style) {
    std::vector<TableRow> rows;
    rows.reserve(findings.size());
    std::set<std::pair<std::string_view, const log::Log*>> printed;
    for (const detect::CoverageFinding& finding : findings) {
        TableRow& row = rows.emplace_back(to_table_row(finding));
        for (const log::Log* log : finding.logs) {
            if (!printed.emplace(finding.account, log).second) continue;
            row.details.push_back("in this account, " + std::string(log->label) + " never shows " +
                                  std::string(log->never_shows));
        }
    }
    return to_table(k_coverage_columns, rows, style);
}

std::string findings_table(const Findings& findings, TableStyle style) {
    return std::visit(ToTable{style}, findings);
}

}  // namespace cloudhijack::output
