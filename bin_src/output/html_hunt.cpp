// The sections of the report on hunt mode.

#include <algorithm>
#include <array>
#include <cstddef>
#include <set>
#include <utility>

#include "detect/mode_activity.hpp"
#include "output/chart_scale.hpp"
#include "output/html_charts.hpp"
#include "output/html_sections.hpp"
#include "output/html_table.hpp"
#include "output/report_text.hpp"
#include "text/words.hpp"

namespace cloudhijack::output {
namespace {

using detect::HuntFinding;

constexpr std::size_t k_most_sentences = 5;
constexpr std::size_t k_most_lanes = 30;
constexpr std::size_t k_most_finding_charts = 20;

constexpr std::array k_severities = {Markup("critical"), Markup("high"), Markup("medium"),
                                     Markup("low"), Markup("informational")};

constexpr std::array k_finding_columns = {
    ReportColumn{.title = "Risk", .kind = "number"},
    ReportColumn{.title = "Severity"},
    ReportColumn{.title = "Principal", .is_header = true},
    ReportColumn{.title = "Account"},
    ReportColumn{.title = "Services"},
    ReportColumn{.title = "Uses", .kind = "number"},
    ReportColumn{.title = "Messages", .kind = "number"},
    ReportColumn{.title = "Addresses", .kind = "number"},
    ReportColumn{.title = "First event (UTC)", .kind = "time"},
    ReportColumn{.title = "Last event (UTC)", .kind = "time"}};

constexpr auto k_hunt_facts = std::to_array<ReportFact>({
    {.column = "Account", .title = "Account"},
    {.column = "CallerType", .title = "Caller type"},
    {.column = "Workload", .title = "Workload"},
    {.column = "Services", .title = "Services"},
    {.column = "Phases", .title = "Phases, in order"},
    {.column = "Confidence", .title = "Groups of evidence"},
    {.column = "FirstEvent", .title = "First event"},
    {.column = "LastEvent", .title = "Last event"},
    {.column = "UseCount", .title = "Successful uses", .is_number = true},
    {.column = "MessageCount", .title = "Messages", .is_number = true},
    {.column = "FailedCount", .title = "Failed uses", .is_number = true},
    {.column = "PeakPerHour", .title = "Most messages in 60 min", .is_number = true},
    {.column = "SourceIPs", .title = "Addresses", .count_column = "UniqueIPs"},
    {.column = "SourceCountries", .title = "Countries of addresses"},
    {.column = "Networks", .title = "Networks of addresses"},
    {.column = "Regions", .title = "Regions", .count_column = "UniqueRegions"},
    {.column = "Clients", .title = "Clients", .count_column = "UniqueClients"},
    {.column = "user_agent", .title = "User agents"},
    {.column = "AccessKeys", .title = "Access keys", .count_column = "UniqueAccessKeys"},
    {.column = "Models", .title = "Models", .count_column = "UniqueModels"},
    {.column = "InputTokens", .title = "Input tokens", .is_number = true},
    {.column = "OutputTokens", .title = "Output tokens", .is_number = true},
    {.column = "CachedTokens", .title = "Cached tokens", .is_number = true},
    {.column = "EstimatedCost", .title = "Estimated cost (US$)"},
    {.column = "Countries", .title = "Destinations of messages"},
});

// The names of the other columns that can be truncated.
constexpr auto k_other_columns = std::to_array<ReportFact>({
    {.column = "Evidence", .title = "Reasons"},
    {.column = "Timeline", .title = "Timeline"},
    {.column = "Members", .title = "Principals that acted together"},
    {.column = "Links", .title = "What connects them"},
});

std::string id_of_finding(std::size_t index) { return "finding-" + std::to_string(index + 1); }

std::string id_of_response(std::size_t index) { return "response-" + std::to_string(index + 1); }

// Low scores are often activity that somebody can explain.
bool can_be_normal(const HuntFinding& finding) {
    return finding.severity == "low" || finding.severity == "informational";
}

std::string name_of_finding(const HuntFinding& finding) {
    if (finding.member_count == 2 && finding.members.size() == 2) {
        const bool is_first = finding.members.front() == finding.principal;
        return finding.principal.name + " and " +
               (is_first ? finding.members.back() : finding.members.front()).name;
    }
    const std::uint64_t others = finding.member_count > 1 ? finding.member_count - 1 : 0;
    return others == 0 ? finding.principal.name
                       : finding.principal.name + " and " + grouped(others) + " more";
}

/// The data of the report on hunt mode.
struct HuntReport {
    const ReportSource* source;
    const std::vector<HuntFinding>* rows;
    const detect::HuntActivity* activity;
    detect::HuntOverview overview;
    /// The phases of the first findings over their common range, with the steps of that range.
    std::vector<std::vector<detect::PhaseCalls>> lanes;
    detect::TimeSteps lane_steps;
    /// The phases of fewer of them, each over its own range.
    std::vector<std::vector<detect::PhaseCalls>> charts;
};

void write_tiles(Html& html, const std::vector<HuntFinding>& rows) {
    const auto list = html.in("ul", {{"class", "tiles"}});
    for (const Markup severity : k_severities) {
        const auto count = static_cast<std::uint64_t>(
            std::ranges::count(rows, severity.view(), &HuntFinding::severity));
        const auto tile =
            html.in("li", {{"class", count == 0 ? std::string_view("none") : severity.view()}});
        html.element("strong", grouped(count));
        html.text(severity.view());
    }
}

// A count of a finding, which can be an estimate.
std::string shown_count(const HuntFinding& finding, std::uint64_t count) {
    return (finding.counts_are_sums && count > 0 ? "about " : "") + grouped(count);
}

std::string uses_in_words(const HuntFinding& finding) {
    const std::string services = text::joined(finding.services, ", ");
    const std::string about = finding.counts_are_sums ? "about " : "";
    std::string text;
    if (finding.use_count > 0) {
        text = "used " + services + ' ';
        if (finding.message_count == finding.use_count) {
            text += about + grouped(finding.use_count, "time");
        } else {
            text += "for " + about + grouped(finding.message_count, "message") + " in " + about +
                    grouped(finding.use_count, "call");
        }
        if (finding.failed_count > 0) {
            text += " (" + about + grouped(finding.failed_count, "other attempt") + " failed)";
        }
    } else if (finding.failed_count > 0) {
        text = "tried to use " + services + ' ' + about + grouped(finding.failed_count, "time") +
               ", without success";
    } else {
        text = "made calls to " + services + ", but no use of it is in the logs";
    }
    const std::uint64_t addresses = finding.traits[detect::Trait::address].size;
    if (addresses > 0) {
        text += ", from " + grouped(addresses) + (addresses == 1 ? " address" : " addresses");
    }
    return text + "; " + shown_range(finding.first_event, finding.last_event);
}

void write_sentence(Html& html, const HuntFinding& finding, std::size_t index) {
    const auto entry = html.in("li");
    html.element("span", {{"class", "badge " + std::string(finding.severity)}},
                 std::string(finding.severity) + ' ' + std::to_string(finding.risk_score));
    html.raw(" ");
    html.element("a", {{"href", '#' + id_of_finding(index)}}, name_of_finding(finding));
    html.text(' ' + uses_in_words(finding) + '.');
    html.element("div", {{"class", "quiet"}}, main_reason(finding.reasons) + '.');
    if (finding.response.empty()) return;
    const auto line = html.in("div");
    html.text("What to do first: ");
    html.element("a", {{"href", '#' + id_of_response(index)}},
                 (can_be_normal(finding) ? "Ask the owner whether this is normal. If not: " : "") +
                     std::string(response_step(finding.response.front()).sentence));
    html.text(".");
}

// `4 more findings: 2 medium, 2 low.`
std::string others_in_words(std::span<const HuntFinding> rows) {
    std::string text;
    for (const Markup severity : k_severities) {
        const auto count = static_cast<std::uint64_t>(
            std::ranges::count(rows, severity.view(), &HuntFinding::severity));
        if (count == 0) continue;
        text += (text.empty() ? "" : ", ") + grouped(count) + ' ' + std::string(severity.view());
    }
    return grouped(rows.size(), "more finding") + ": " + text + '.';
}

void write_baseline(Html& html, const ReportSource& source) {
    const std::string& baseline = source.config->baseline_file;
    html.element("p", baseline.empty()
                          ? "No baseline was given, so rules that need history are silent and "
                            "normal senders can appear."
                          : "Compared with the baseline " + baseline + '.');
}

void write_summary(Html& html, const HuntReport& report) {
    const auto& rows = *report.rows;
    const auto section = html.in("section", {{"aria-labelledby", "summary"}});
    html.element("h2", {{"id", "summary"}}, "Summary");
    write_read_files(html, *report.source);
    if (!report.overview.services.empty()) {
        const std::int64_t seconds = report.overview.last - report.overview.first;
        html.element("p", "Time of the calls that hunt mode counts: " +
                              shown_range(report.overview.first, report.overview.last) +
                              (seconds == 0 ? "." : " (" + shown_duration(seconds) + ").") +
                              " The other records are calls that the catalogue does not name, or "
                              "that were ignored.");
    }
    if (report.source->facts->records > 0) write_baseline(html, *report.source);
    if (rows.empty()) {
        if (report.source->facts->records > 0) write_no_findings(html, *report.source);
    } else {
        html.element("p", grouped(rows.size(), "finding") + " by severity:");
        write_tiles(html, rows);
        html.element("h3",
                     rows.size() > k_most_sentences ? "The most severe findings" : "The findings");
        const std::size_t shown = std::min(rows.size(), k_most_sentences);
        {
            const auto list = html.in("ol", {{"class", "sentences"}});
            for (std::size_t i = 0; i < shown; ++i) write_sentence(html, rows[i], i);
        }
        if (shown < rows.size()) {
            const auto line = html.in("p");
            html.element("a", {{"href", "#findings"}},
                         others_in_words(std::span(rows).subspan(shown)));
        }
    }
    write_notes(html, *report.source);
}

void write_timeline(Html& html, const HuntReport& report) {
    const auto& rows = *report.rows;
    if (rows.empty()) return;
    const auto section = html.in("section", {{"aria-labelledby", "timeline"}});
    html.element("h2", {{"id", "timeline"}}, "Phases over time");
    html.element(
        "p", {{"class", "quiet"}},
        "One lane for each finding; a symbol stands for the calls of a phase within the same " +
            step_in_words(report.lane_steps.step) +
            ", at the time of the first. The bars of use have a logarithmic scale, and each lane "
            "its own. Times are "
            "UTC: " +
            shown_range(report.lane_steps.start,
                        report.lane_steps.start_of(report.lane_steps.count)) +
            '.');
    std::vector<PhaseLane> lanes;
    std::set<rules::Phase> phases;
    const std::size_t shown = std::min(rows.size(), k_most_lanes);
    lanes.reserve(shown);
    for (std::size_t i = 0; i < shown; ++i) {
        lanes.push_back({.target = '#' + id_of_finding(i),
                         .name = name_of_finding(rows[i]),
                         .severity = std::string(rows[i].severity),
                         .risk = rows[i].risk_score,
                         .phases = report.lanes[i]});
        for (const detect::PhaseCalls& calls : lanes.back().phases) phases.insert(calls.phase);
    }
    write_phase_legend(html, phases);
    write_phase_lanes(html, report.lane_steps, lanes);
    if (shown < rows.size()) {
        html.element("p", grouped(rows.size() - shown, "finding") +
                              " with a lower risk are not in this chart.");
    }
}

void write_calls(Html& html, const HuntReport& report) {
    if (report.overview.services.empty()) {
        const auto section = html.in("section", {{"aria-labelledby", "calls"}});
        html.element("h2", {{"id", "calls"}}, "Calls over time");
        html.element("p", "No call of any service in the catalogue was counted.");
        return;
    }
    const auto steps = bar_steps(report.overview.first, report.overview.last);
    const auto counts = report.activity->calls_over_time(steps, *report.rows);
    const auto section = html.in("section", {{"aria-labelledby", "calls"}});
    html.element("h2", {{"id", "calls"}}, "Calls per " + step_in_words(steps.step));
    html.element("p", {{"class", "quiet"}},
                 "All calls of the catalogue, also those of principals without a finding. A call "
                 "that concerns two services counts for both. The parts of a bar are, from the "
                 "bottom:");
    write_bars(html, steps, counts);
    const auto box = html.in("details");
    html.element("summary", "The same as a table");
    const auto inside = html.in("div", {{"class", "inside"}});
    write_bar_table(html, steps, counts);
}

void write_response(Html& html, const HuntFinding& finding, std::size_t index) {
    const std::vector<std::string>& steps = finding.response;
    if (steps.empty()) return;
    html.element("h4", {{"id", id_of_response(index)}}, "Response");
    if (can_be_normal(finding)) html.element("p", "May be normal activity: ask the owner first.");
    html.element("p", {{"class", "quiet"}},
                 "Read each command before you run it; names in capitals are placeholders.");
    for (const std::string& step : steps) {
        const auto [sentence, command] = response_step(step);
        html.element("p", std::string(sentence) + (command.empty() ? "" : ":"));
        if (command.empty()) continue;
        const auto block = html.in("pre");
        html.element("code", command);
    }
}

// The timeline is a sample of the calls.
std::string timeline_note(const HuntReport& report, std::size_t index) {
    const std::size_t lines = (*report.rows)[index].timeline.size();
    std::uint64_t calls = 0;
    if (index < report.lanes.size()) {
        for (const detect::PhaseCalls& one : report.lanes[index]) {
            detect::add_to(calls, one.calls);
        }
    }
    std::string text = "The first and the last call of each kind and outcome";
    if (calls > lines) {
        text += "; " + grouped(calls - lines, "more call") + (calls - lines == 1 ? " is" : " are") +
                " not listed";
    }
    return text + '.';
}

// The title on this page of a column of the answer.
std::string title_of_column(const std::string& column) {
    for (const ReportFact& fact : k_hunt_facts) {
        if (fact.column == column) return std::string(fact.title.view());
        if (fact.count_column == column) return "number of " + std::string(fact.title.view());
    }
    const auto* const other = std::ranges::find(k_other_columns, column, &ReportFact::column);
    return other == k_other_columns.end() ? column : std::string(other->title.view());
}

void write_truncated(Html& html, const HuntFinding& finding, const NamedRow& row) {
    std::vector<std::string> titles = row.values("Truncated");
    if (titles.empty()) return;
    bool are_values_cut = false;
    for (std::string& title : titles) {
        const auto* const fact = std::ranges::find(k_hunt_facts, title, &ReportFact::column);
        const bool is_count =
            fact != k_hunt_facts.end() && (fact->is_number || title == "EstimatedCost");
        are_values_cut = are_values_cut || !is_count;
        title = title_of_column(title);
    }
    std::string text = "Truncated or estimated: " + text::joined(titles, ", ") + '.';
    if (finding.counts_are_sums) {
        text +=
            " Some hours have more calls than are kept one by one, so their counts are sums "
            "per minute, corrected for repeated deliveries by a sample.";
    }
    if (finding.is_cost_partial) text += " Some models have no price.";
    if (are_values_cut) text += " There are more values than are kept or shown.";
    html.element("p", text);
}

void write_details(Html& html, const HuntReport& report, std::size_t index) {
    const HuntFinding& finding = (*report.rows)[index];
    const NamedRow row(report.source->answer->columns, report.source->answer->rows[index]);
    html.element("h3", {{"id", id_of_finding(index)}},
                 "Finding " + grouped(index + 1) + ": " + name_of_finding(finding));
    write_reasons(html, finding.reasons, finding.evidence);
    std::uint64_t points = 0;
    for (const std::string& reason : finding.reasons) points += points_of(scored_text(reason));
    if (points > finding.risk_score) {
        html.element("p", {{"class", "quiet"}},
                     "The points add up to " + grouped(points) + "; a risk is at most " +
                         std::to_string(rules::k_highest_risk) + '.');
    }
    if (index < report.lanes.size()) {
        html.element("h4", "Phases");
        if (index < report.charts.size()) {
            write_phase_chart(html, phase_steps(finding.first_event, finding.last_event),
                              report.charts[index]);
        }
        const auto list = html.in("ul");
        for (const std::string& words : phases_in_words(report.lanes[index])) {
            html.element("li", words);
        }
    }
    write_lines(html, "Timeline (UTC)", finding.timeline, timeline_note(report, index));
    write_response(html, finding, index);
    if (finding.members.size() > 1) {
        write_lines(html, "Principals that acted together", row.values("Members"));
        write_lines(html, "What connects them", finding.links);
    }
    html.element("h4", "Facts");
    write_facts(html, row, k_hunt_facts);
    write_truncated(html, finding, row);
    write_lines(html, "Ids of events that are evidence", finding.event_ids,
                "A sample: the first and the last call of each kind and outcome.");
}

void write_findings(Html& html, const HuntReport& report) {
    const auto& rows = *report.rows;
    if (rows.empty()) return;
    const auto section = html.in("section", {{"aria-labelledby", "findings"}});
    html.element("h2", {{"id", "findings"}}, "Findings");
    const std::size_t start = html.size();
    std::size_t shown = 0;
    open_table(
        html, k_finding_columns, "findings",
        "Sorted by risk. Each finding opens into its reasons, timeline, response and facts.");
    for (; shown < std::min(rows.size(), k_most_reported); ++shown) {
        if (shown > 0 && html.size() - start > k_largest_findings_part) break;
        const HuntFinding& finding = rows[shown];
        const std::string severity(finding.severity);
        const std::array<ReportCell, k_finding_columns.size()> cells = {
            {{.text = std::to_string(finding.risk_score)},
             {.text = severity, .badge = severity},
             {.text = name_of_finding(finding)},
             {.text = finding.principal.account},
             {.text = text::joined(finding.services, ", ")},
             {.text = shown_count(finding, finding.use_count)},
             {.text = shown_count(finding, finding.message_count)},
             {.text = grouped(finding.traits[detect::Trait::address].size)},
             {.text = shown_time(finding.first_event)},
             {.text = shown_time(finding.last_event)}}};
        const RowDetails details{
            .summary = main_reason(finding.reasons),
            .write = [&report, shown](Html& to) { write_details(to, report, shown); }};
        write_row(html, k_finding_columns, cells, &details);
    }
    close_table(html);
    write_remainder(html, shown, rows.size());
}

// The phases of the first findings, over the range of all of these.
void take_phases(HuntReport& report) {
    const auto& rows = *report.rows;
    if (rows.empty()) return;
    const std::size_t shown = std::min(rows.size(), k_most_lanes);
    std::int64_t first = rows.front().first_event;
    std::int64_t last = rows.front().last_event;
    for (std::size_t i = 0; i < shown; ++i) {
        first = std::min(first, rows[i].first_event);
        last = std::max(last, rows[i].last_event);
    }
    report.lane_steps = phase_steps(first, last);
    std::vector<detect::PhaseRequest> requests;
    requests.reserve(shown + k_most_finding_charts);
    for (std::size_t i = 0; i < shown; ++i) {
        requests.push_back({.principals = rows[i].members, .steps = report.lane_steps});
    }
    for (std::size_t i = 0; i < std::min(shown, k_most_finding_charts); ++i) {
        requests.push_back({.principals = rows[i].members,
                            .steps = phase_steps(rows[i].first_event, rows[i].last_event)});
    }
    report.lanes = report.activity->phases_over_time(requests);
    const auto charts = report.lanes.begin() + static_cast<std::ptrdiff_t>(shown);
    report.charts.assign(charts, report.lanes.end());
    report.lanes.erase(charts, report.lanes.end());
}

}  // namespace

void write_sections(Html& html, const ReportSource& source, const detect::HuntFindings& findings,
                    const detect::HuntActivity& activity) {
    HuntReport report{.source = &source,
                      .rows = &findings.rows,
                      .activity = &activity,
                      .overview = activity.overview(),
                      .lanes = {},
                      .lane_steps = {},
                      .charts = {}};
    take_phases(report);
    write_summary(html, report);
    write_timeline(html, report);
    write_calls(html, report);
    write_findings(html, report);
    write_coverage(html, source, report.overview);
}

}  // namespace cloudhijack::output
