// The sections of the report on the modes volume and coverage, and the coverage of hunt mode.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "output/chart_scale.hpp"
#include "output/html_charts.hpp"
#include "output/html_sections.hpp"
#include "output/html_table.hpp"
#include "output/report_text.hpp"
#include "text/words.hpp"

namespace cloudhijack::output {
namespace {

using detect::VolumeFinding;

constexpr std::size_t k_most_coverage_rows = 1000;

constexpr std::array k_volume_report = {ReportColumn{.title = "Score", .kind = "number"},
                                        ReportColumn{.title = "Span from (UTC)", .kind = "time"},
                                        ReportColumn{.title = "Service"},
                                        ReportColumn{.title = "Calls", .kind = "number"},
                                        ReportColumn{.title = "Limit", .kind = "number"},
                                        ReportColumn{.title = "Caller", .is_header = true},
                                        ReportColumn{.title = "Region"},
                                        ReportColumn{.title = "Addresses", .kind = "number"}};

constexpr std::array k_services_report = {
    ReportColumn{.title = "Account", .is_header = true},
    ReportColumn{.title = "Service"},
    ReportColumn{.title = "Regions"},
    ReportColumn{.title = "Calls", .kind = "number"},
    ReportColumn{.title = "Data events"},
    ReportColumn{.title = "First event (UTC)", .kind = "time"},
    ReportColumn{.title = "Last event (UTC)", .kind = "time"}};

constexpr std::array k_coverage_report = {
    ReportColumn{.title = "Account", .is_header = true},
    ReportColumn{.title = "Service"},
    ReportColumn{.title = "Region"},
    ReportColumn{.title = "Management events", .kind = "number"},
    ReportColumn{.title = "Data events", .kind = "number"},
    ReportColumn{.title = "First event (UTC)", .kind = "time"},
    ReportColumn{.title = "Last event (UTC)", .kind = "time"}};

constexpr auto k_volume_facts = std::to_array<ReportFact>({
    {.column = "AttackCategory", .title = "Category"},
    {.column = "CallerType", .title = "Caller type"},
    {.column = "FirstEvent", .title = "First event"},
    {.column = "LastEvent", .title = "Last event"},
    {.column = "SourceIPs", .title = "Addresses", .count_column = "UniqueIPs"},
    {.column = "SourceCountries", .title = "Countries of addresses"},
    {.column = "Networks", .title = "Networks of addresses"},
    {.column = "InputTokens", .title = "Input tokens", .is_number = true},
    {.column = "OutputTokens", .title = "Output tokens", .is_number = true},
    {.column = "EstimatedCost", .title = "Estimated cost (US$)"},
});

std::int64_t second_of(text::Time time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::string severity_of_score(std::uint64_t score) {
    if (score >= 5) return "high";
    return score >= 3 ? "medium" : "low";
}

void write_volume_summary(Html& html, const ReportSource& source,
                          const detect::VolumeFindings& findings) {
    const auto section = html.in("section", {{"aria-labelledby", "summary"}});
    html.element("h2", {{"id", "summary"}}, "Summary");
    write_read_files(html, source);
    if (findings.rows.empty()) {
        if (source.facts->records > 0) write_no_findings(html, source);
    } else {
        std::set<std::string_view> callers;
        for (const VolumeFinding& finding : findings.rows) {
            callers.insert(finding.group.caller_arn);
        }
        html.element("p", grouped(findings.rows.size(), "finding") + " of " +
                              grouped(callers.size(), "caller") +
                              ": a finding is a caller with more successful calls to a service in "
                              "one region and span than the service's threshold.");
    }
    write_notes(html, source);
}

void write_volume_calls(Html& html, const std::vector<VolumeFinding>& rows) {
    if (rows.empty()) return;
    std::int64_t first = second_of(rows.front().group.span_start);
    std::int64_t last = first;
    for (const VolumeFinding& finding : rows) {
        first = std::min(first, second_of(finding.group.span_start));
        last = std::max(last, second_of(finding.group.span_start));
    }
    const auto steps = bar_steps(first, last);
    std::vector<detect::CallsOfStep> counts(steps.count);
    for (const VolumeFinding& finding : rows) {
        if (const auto step = steps.index_of(second_of(finding.group.span_start))) {
            detect::add_to(counts[*step].found_uses, finding.group.event_count);
        }
    }
    const auto section = html.in("section", {{"aria-labelledby", "calls"}});
    html.element("h2", {{"id", "calls"}}, "Calls of the findings per " + step_in_words(steps.step));
    html.element("p", {{"class", "quiet"}},
                 "Successful calls, at the start of the span that they belong to.");
    write_bars(html, steps, counts, BarParts::findings);
    const auto box = html.in("details");
    html.element("summary", "The same as a table");
    const auto inside = html.in("div", {{"class", "inside"}});
    write_bar_table(html, steps, counts, BarParts::findings);
}

void write_volume_details(Html& html, const ReportSource& source, const VolumeFinding& finding,
                          std::size_t index) {
    html.element("h3", "Finding " + std::to_string(index + 1) + ": " +
                           std::string(finding.group.caller_arn));
    write_reasons(html, finding.reasons, {});
    html.element("h4", "Facts");
    write_facts(html, NamedRow(source.answer->columns, source.answer->rows[index]), k_volume_facts);
}

void write_volume_findings(Html& html, const ReportSource& source,
                           const std::vector<VolumeFinding>& rows) {
    if (rows.empty()) return;
    const auto section = html.in("section", {{"aria-labelledby", "findings"}});
    html.element("h2", {{"id", "findings"}}, "Findings");
    open_table(html, k_volume_report, "findings",
               "Sorted by score. Each finding opens into its reasons and facts.");
    const std::size_t start = html.size();
    std::size_t shown = 0;
    for (; shown < std::min(rows.size(), k_most_reported); ++shown) {
        if (shown > 0 && html.size() - start > k_largest_findings_part) break;
        const VolumeFinding& finding = rows[shown];
        const detect::VolumeGroup& group = finding.group;
        const std::array<ReportCell, k_volume_report.size()> cells = {
            {{.text = std::to_string(finding.score) + " of " +
                      std::to_string(detect::k_highest_volume_score),
              .badge = severity_of_score(finding.score)},
             {.text = shown_time(second_of(group.span_start))},
             {.text = group.service->label},
             {.text = grouped(group.event_count)},
             {.text = grouped(finding.threshold)},
             {.text = std::string(group.caller_arn)},
             {.text = std::string(group.region)},
             {.text = grouped(group.source_addresses.size())}}};
        const RowDetails details{.summary = main_reason(finding.reasons),
                                 .write = [&source, &finding, shown](Html& to) {
                                     write_volume_details(to, source, finding, shown);
                                 }};
        write_row(html, k_volume_report, cells, &details);
    }
    close_table(html);
    write_remainder(html, shown, rows.size());
}

std::string time_or_dash(const std::optional<std::int64_t>& second) {
    return second ? shown_time(*second) : "-";
}

std::vector<std::string> unseen_of(const detect::CoverageFinding& finding) {
    std::vector<std::string> lines;
    if (auto text = detect::not_seen(finding); !text.empty()) lines.push_back(std::move(text));
    if (const auto text = detect::never_logged(finding); !text.empty()) {
        lines.push_back("never logged: " + text);
    }
    for (const std::string& text : detect::never_shown(finding)) {
        lines.push_back("never shown by " + text);
    }
    return lines;
}

void write_coverage_rows(Html& html, std::span<const detect::CoverageFinding> findings) {
    open_table(html, k_coverage_report, "findings",
               "Sorted by account, service and region. Each row opens into what its events do not "
               "show.");
    const std::size_t shown = std::min(findings.size(), k_most_coverage_rows);
    for (const detect::CoverageFinding& finding : findings.first(shown)) {
        const std::array<ReportCell, k_coverage_report.size()> cells = {
            {{.text = finding.account},
             {.text = label_of(finding)},
             {.text = finding.region.empty() ? "-" : finding.region},
             {.text = grouped(finding.management)},
             {.text = grouped(finding.data)},
             {.text = time_or_dash(finding.first)},
             {.text = time_or_dash(finding.last)}}};
        const auto lines = unseen_of(finding);
        const RowDetails details{.summary = lines.empty() ? "Details" : lines.front(),
                                 .write = [&lines](Html& to) {
                                     const auto list = to.in("ul");
                                     for (const std::string& line : lines) to.element("li", line);
                                 }};
        write_row(html, k_coverage_report, cells, &details);
    }
    close_table(html);
    if (shown < findings.size()) {
        html.element("p", "This page shows the first " + grouped(shown, "row") + " of " +
                              grouped(findings.size()) + "; --format csv has all of them.");
    }
}

// For each service with calls that data events alone show, the accounts without any.
void write_missing_data_events(Html& html, const ReportSource& source,
                               const detect::HuntOverview& overview) {
    std::map<std::size_t, std::uint64_t> accounts;
    const auto services = source.setup->catalogue.services();
    for (const detect::ServiceInAccount& one : overview.services) {
        if (!one.has_data_events && !services[one.service].data_events.empty()) {
            ++accounts[one.service];
        }
    }
    if (accounts.empty()) return;
    html.element("h3", "Services with calls, but without data events");
    const auto list = html.in("ul");
    for (const auto& [service, count] : accounts) {
        html.element("li", services[service].label + ", in " + grouped(count, "account") +
                               ": nothing is seen of " + services[service].data_events);
    }
}

std::string data_events_in_words(const detect::ServiceInAccount& one,
                                 const rules::Service& service) {
    if (service.data_events.empty()) return "not needed";
    if (!one.has_data_events) return "none";
    return one.regions.empty() ? "yes" : "in some region";
}

// The activity that no log shows, whatever the trails record, for each service with calls.
void write_never_logged(Html& html, const ReportSource& source,
                        const detect::HuntOverview& overview) {
    const auto services = source.setup->catalogue.services();
    std::set<std::size_t> hidden;
    for (const detect::ServiceInAccount& one : overview.services) {
        if (!services[one.service].never_logged.empty()) hidden.insert(one.service);
    }
    if (hidden.empty()) return;
    html.element("h3", "Never logged, for the services with calls");
    const auto list = html.in("ul");
    for (const std::size_t service : hidden) {
        html.element("li", services[service].label + ": " + services[service].never_logged);
    }
}

}  // namespace

void write_sections(Html& html, const ReportSource& source,
                    const detect::VolumeFindings& findings) {
    write_volume_summary(html, source, findings);
    write_volume_calls(html, findings.rows);
    write_volume_findings(html, source, findings.rows);
}

void write_sections(Html& html, const ReportSource& source,
                    std::span<const detect::CoverageFinding> findings) {
    {
        const auto section = html.in("section", {{"aria-labelledby", "summary"}});
        html.element("h2", {{"id", "summary"}}, "Summary");
        write_read_files(html, source);
        write_notes(html, source);
    }
    const auto section = html.in("section", {{"aria-labelledby", "coverage"}});
    html.element("h2", {{"id", "coverage"}}, "Coverage");
    write_coverage_rows(html, findings);
}

void write_coverage(Html& html, const ReportSource& source, const detect::HuntOverview& overview) {
    const auto section = html.in("section", {{"aria-labelledby", "coverage"}});
    html.element("h2", {{"id", "coverage"}}, "Coverage");
    if (overview.services.empty()) {
        html.element("p", "No call of any service in the catalogue was counted.");
        return;
    }
    open_table(html, k_services_report, "short",
               "The services in each account whose calls were counted. An account, region or day "
               "that is missing here has no calls of the catalogue, or no logs.");
    const auto services = source.setup->catalogue.services();
    const std::size_t shown = std::min(overview.services.size(), k_most_coverage_rows);
    for (std::size_t i = 0; i < shown; ++i) {
        const detect::ServiceInAccount& one = overview.services[i];
        const rules::Service& service = services[one.service];
        const std::array<ReportCell, k_services_report.size()> cells = {
            {{.text = one.account},
             {.text = service.label},
             {.text = one.regions.empty() ? "-" : text::joined(one.regions, ", ")},
             {.text = grouped(one.calls)},
             {.text = data_events_in_words(one, service)},
             {.text = shown_time(one.first)},
             {.text = shown_time(one.last)}}};
        write_row(html, k_services_report, cells);
    }
    close_table(html);
    if (shown < overview.services.size()) {
        html.element("p", "This page shows the first " + grouped(shown, "row") + " of " +
                              grouped(overview.services.size()) +
                              "; --mode coverage has all of them.");
    }
    html.element(
        "p", {{"class", "quiet"}},
        "Hunt mode knows the data events of an account, not those of each region: \"in some "
        "region\" can hide a region without any. --mode coverage lists each region, and "
        "the services without calls.");
    write_missing_data_events(html, source, overview);
    write_never_logged(html, source, overview);
}

}  // namespace cloudhijack::output
