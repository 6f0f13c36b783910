#include "output/html_table.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "output/report_text.hpp"
#include "text/number.hpp"

namespace cloudhijack::output {
namespace {

/// The number of all values of a list, of which a row shows the first.
struct ShownCount {
    std::string digits;
    bool is_estimated = false;
};

std::string in_groups(const std::string& digits) {
    const auto value = text::whole_number(digits, std::numeric_limits<std::uint64_t>::max());
    return value ? grouped(*value) : digits;
}

void write_values(Html& html, std::span<const std::string> values, const ShownCount& number) {
    const std::string& count = number.digits;
    if (values.size() == 1 && (count.empty() || count == "1")) {
        html.element("span", {{"class", "value"}}, values.front());
        return;
    }
    if (!count.empty()) {
        html.text((number.is_estimated ? "about " : "") + in_groups(count) + ": ");
    }
    {
        const auto list = html.in("ul", {{"class", "values"}});
        for (const std::string& value : values) html.element("li", value);
    }
    if (!count.empty() && count != std::to_string(values.size())) {
        html.element("span", {{"class", "quiet"}}, " and others");
    }
}

struct ToValues {
    std::vector<std::string> operator()(const std::string& text) const {
        return text.empty() ? std::vector<std::string>{} : std::vector<std::string>{text};
    }
    std::vector<std::string> operator()(const detect::Number& number) const {
        return {number.digits};
    }
    std::vector<std::string> operator()(const std::vector<std::string>& list) const { return list; }
};

}  // namespace

void open_table(Html& html, std::span<const ReportColumn> columns, Markup kind,
                std::string_view caption) {
    html.open("table", {{"class", "cards " + std::string(kind.view())}, {"role", "table"}});
    html.element("caption", caption);
    {
        const auto head = html.in("thead", {{"role", "rowgroup"}});
        const auto row = html.in("tr", {{"role", "row"}});
        for (const ReportColumn& column : columns) {
            html.element(
                "th", {{"scope", "col"}, {"role", "columnheader"}, {"class", column.kind.view()}},
                column.title.view());
        }
    }
}

void close_table(Html& html) { html.close(); }

void write_row(Html& html, std::span<const ReportColumn> columns, std::span<const ReportCell> cells,
               const RowDetails* details) {
    const auto group = html.in("tbody", {{"role", "rowgroup"}});
    {
        const auto row = html.in("tr", {{"role", "row"}});
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const ReportColumn& column = columns[i];
            if (column.is_header) {
                html.element("th", {{"scope", "row"}, {"role", "rowheader"}}, cells[i].text);
                continue;
            }
            const auto cell = html.in("td", {{"role", "cell"},
                                             {"class", column.kind.view()},
                                             {"data-label", column.title.view()}});
            if (cells[i].badge.empty()) {
                html.text(cells[i].text);
            } else {
                html.element("span", {{"class", "badge " + cells[i].badge}}, cells[i].text);
            }
        }
    }
    if (details == nullptr) return;
    const auto row = html.in("tr", {{"role", "row"}});
    const auto cell = html.in(
        "td", {{"role", "cell"}, {"class", "more"}, {"colspan", std::to_string(columns.size())}});
    const auto box = html.in("details");
    html.element("summary", details->summary);
    const auto inside = html.in("div", {{"class", "inside"}});
    details->write(html);
}

std::vector<std::string> NamedRow::values(std::string_view column) const {
    const auto found = std::ranges::find(columns_, column, &detect::Column::name);
    if (found == columns_.end()) return {};
    return std::visit(ToValues{}, (*row_)[static_cast<std::size_t>(found - columns_.begin())]);
}

std::string NamedRow::value(std::string_view column) const {
    auto found = values(column);
    return found.empty() ? std::string() : std::move(found.front());
}

void write_facts(Html& html, const NamedRow& row, std::span<const ReportFact> facts) {
    const auto truncated = row.values("Truncated");
    const auto is_truncated = [&truncated](std::string_view column) {
        return std::ranges::find(truncated, column) != truncated.end();
    };
    const auto list = html.in("dl", {{"class", "facts"}});
    for (const ReportFact& fact : facts) {
        auto values = row.values(fact.column);
        if (values.empty()) continue;
        if (fact.column == "FirstEvent" || fact.column == "LastEvent") {
            values.front() = shown_time(std::stoll(values.front())) + " UTC";
        }
        if (fact.is_number) {
            const bool is_about = is_truncated(fact.column) && values.front() != "0";
            values.front() = (is_about ? "about " : "") + in_groups(values.front());
        }
        html.element("dt", fact.title.view());
        const auto entry = html.in("dd");
        ShownCount count;
        if (!fact.count_column.empty()) {
            count = {.digits = row.value(fact.count_column),
                     .is_estimated = is_truncated(fact.count_column)};
        }
        write_values(html, values, count);
    }
}

void write_lines(Html& html, Markup heading, std::span<const std::string> lines,
                 std::string_view note) {
    if (lines.empty()) return;
    html.element("h4", heading.view());
    if (!note.empty()) html.element("p", {{"class", "quiet"}}, note);
    const auto list = html.in("ol", {{"class", "lines"}});
    for (const std::string& line : lines) html.element("li", line);
}

void write_reasons(Html& html, std::span<const std::string> reasons,
                   std::span<const std::string> rules) {
    html.element("h4", "Reasons");
    const auto list = html.in("ul", {{"class", "reasons"}});
    for (std::size_t i = 0; i < reasons.size(); ++i) {
        const ScoredText scored = scored_text(reasons[i]);
        const auto entry = html.in("li");
        // A reason without points belongs to a group of rules in which another one has more.
        html.element("span", {{"class", "points"}}, scored.points.empty() ? "–" : scored.points);
        const auto text = html.in("span");
        html.text(scored.text);
        if (i >= rules.size()) continue;
        html.raw(" ");
        html.element("code", {{"class", "quiet"}}, rules[i]);
    }
}

std::string main_reason(std::span<const std::string> reasons) {
    if (reasons.empty()) return "Details";
    const auto points = [](const std::string& reason) { return points_of(scored_text(reason)); };
    const std::string& best = *std::ranges::max_element(reasons, {}, points);
    std::string text(scored_text(best).text);
    if (reasons.size() > 1) text += " – and " + grouped(reasons.size() - 1, "more reason");
    return text;
}

}  // namespace cloudhijack::output
