// The chart of calls over time.

#include <algorithm>
#include <array>
#include <cstddef>

#include "detect/mode_activity.hpp"
#include "output/chart_scale.hpp"
#include "output/html_charts.hpp"
#include "output/report_text.hpp"

namespace cloudhijack::output {
namespace {

using detect::CallsOfStep;

constexpr std::uint64_t k_bars_height = 150;  // pixels
constexpr std::uint64_t k_bars_top = 16;      // room for the label of the highest line

// A part of a bar, from the bottom to the top.
struct BarPart {
    Markup kind;  ///< the class of its rectangle
    Markup title;
    std::uint64_t CallsOfStep::* count = nullptr;
};

constexpr std::array k_bar_parts = {
    BarPart{.kind = "use ok",
            .title = "use by principals of findings",
            .count = &CallsOfStep::found_uses},
    BarPart{.kind = "used", .title = "use by others", .count = &CallsOfStep::uses},
    BarPart{.kind = "others", .title = "other calls", .count = &CallsOfStep::others},
    BarPart{.kind = "failed", .title = "failed calls", .count = &CallsOfStep::failed}};

// Of a mode that counts nothing else.
constexpr std::array k_finding_parts = {
    BarPart{.kind = "use ok", .title = "calls of the findings", .count = &CallsOfStep::found_uses}};

std::span<const BarPart> parts_of(BarParts parts) {
    if (parts == BarParts::findings) return k_finding_parts;
    return k_bar_parts;
}

// `use by principals of findings: 3, failed calls: 1`, without parts that have no calls.
std::string parts_in_words(const CallsOfStep& calls, BarParts parts) {
    std::string text;
    for (const BarPart& part : parts_of(parts)) {
        if (calls.*part.count == 0) continue;
        text += (text.empty() ? "" : ", ") + std::string(part.title.view()) + ": " +
                grouped(calls.*part.count);
    }
    return text;
}

std::string bars_in_words(const detect::TimeSteps& steps, std::span<const CallsOfStep> counts,
                          BarParts parts) {
    CallsOfStep sum;
    std::size_t highest = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        detect::add_to(sum.found_uses, counts[i].found_uses);
        detect::add_to(sum.uses, counts[i].uses);
        detect::add_to(sum.others, counts[i].others);
        detect::add_to(sum.failed, counts[i].failed);
        if (counts[i].all() > counts[highest].all()) highest = i;
    }
    return parts_in_words(sum, parts) + "; the busiest " + step_in_words(steps.step) + " has " +
           grouped(counts[highest].all(), "call") + " and begins at " +
           shown_time(steps.start_of(highest)) + " UTC";
}

// The height of a count in whole pixels; a count that is not 0 is visible.
std::uint64_t height_of(std::uint64_t count, std::uint64_t ceiling) {
    if (count == 0) return 0;
    return std::max<std::uint64_t>(1, rounded_share(count, ceiling, k_bars_height));
}

// Calls `write(value, y)` for the lines that show values.
void for_each_value(std::uint64_t ceiling, auto write) {
    for (const std::uint64_t value : {ceiling, ceiling / 2}) {
        if (value > 0) write(value, k_bars_top + k_bars_height - height_of(value, ceiling));
    }
}

void write_value_lines(Html& html, std::uint64_t ceiling) {
    for_each_value(ceiling, [&html](std::uint64_t /*value*/, std::uint64_t y) {
        html.empty("line", {{"class", "grid"},
                            {"x1", "0"},
                            {"x2", "100%"},
                            {"y1", std::to_string(y)},
                            {"y2", std::to_string(y)}});
    });
}

void write_values(Html& html, std::uint64_t ceiling) {
    for_each_value(ceiling, [&html](std::uint64_t value, std::uint64_t y) {
        html.element("text", {{"x", "2"}, {"y", std::to_string(y - 4)}}, grouped(value));
    });
}

void write_bar(Html& html, const detect::TimeSteps& steps, std::size_t index,
               const CallsOfStep& calls, std::uint64_t ceiling, BarParts parts) {
    const auto group = html.in("g");
    html.element("title", shown_time(steps.start_of(index)).substr(0, 16) + ": " +
                              parts_in_words(calls, parts));
    const std::string x = position_of(steps, steps.start_of(index));
    // A little narrower than the step, unless the bars would become too thin.
    const std::string width = percentage(steps.count > 120 ? 100 : 88, steps.count * 100);
    std::uint64_t bottom = k_bars_top + k_bars_height;
    const auto part = [&](Markup kind, std::uint64_t count) {
        const std::uint64_t height = std::min(height_of(count, ceiling), bottom);
        if (height == 0) return;
        bottom -= height;
        html.empty("rect", {{"class", kind.view()},
                            {"x", x},
                            {"y", std::to_string(bottom)},
                            {"width", width},
                            {"height", std::to_string(height)}});
    };
    for (const BarPart& one : parts_of(parts)) part(one.kind, calls.*one.count);
}

void write_bars_legend(Html& html, std::span<const CallsOfStep> counts, BarParts parts) {
    const auto list = html.in("ul", {{"class", "legend"}});
    const auto item = [&html](Markup kind, Markup text) {
        const auto entry = html.in("li");
        {
            const auto svg = html.in(
                "svg",
                {{"class", "key"}, {"width", "14"}, {"height", "14"}, {"aria-hidden", "true"}});
            html.empty("rect", {{"class", kind.view()},
                                {"x", "2"},
                                {"y", "2"},
                                {"width", "10"},
                                {"height", "10"}});
        }
        html.text(text.view());
    };
    for (const BarPart& part : parts_of(parts)) {
        const bool is_shown = std::ranges::any_of(
            counts, [&part](const CallsOfStep& calls) { return calls.*part.count > 0; });
        if (is_shown) item(part.kind, part.title);
    }
}

}  // namespace

void write_bars(Html& html, const detect::TimeSteps& steps, std::span<const CallsOfStep> counts,
                BarParts parts) {
    std::uint64_t largest = 0;
    for (const CallsOfStep& calls : counts) largest = std::max(largest, calls.all());
    const std::uint64_t ceiling = round_ceiling(largest);
    write_bars_legend(html, counts, parts);
    {
        const std::string words = bars_in_words(steps, counts, parts);
        const auto svg = html.in("svg", {{"class", "bars"},
                                         {"height", std::to_string(k_bars_top + k_bars_height + 1)},
                                         {"role", "img"},
                                         {"aria-label", words}});
        write_value_lines(html, ceiling);
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i].all() > 0) write_bar(html, steps, i, counts[i], ceiling, parts);
        }
        const std::string bottom = std::to_string(k_bars_top + k_bars_height);
        html.empty(
            "line",
            {{"class", "base"}, {"x1", "0"}, {"x2", "100%"}, {"y1", bottom}, {"y2", bottom}});
        write_values(html, ceiling);  // over the bars
    }
    write_time_axis(html, steps);
}

void write_bar_table(Html& html, const detect::TimeSteps& steps,
                     std::span<const CallsOfStep> counts, BarParts parts) {
    const auto table = html.in("table", {{"class", "narrow"}});
    {
        const auto head = html.in("thead");
        const auto row = html.in("tr");
        html.element("th", {{"scope", "col"}}, "From (UTC)");
        for (const BarPart& part : parts_of(parts)) {
            html.element("th", {{"scope", "col"}, {"class", "number"}}, part.title.view());
        }
    }
    const auto body = html.in("tbody");
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i].all() == 0) continue;
        const auto row = html.in("tr");
        html.element("th", {{"scope", "row"}}, shown_time(steps.start_of(i)).substr(0, 16));
        for (const BarPart& part : parts_of(parts)) {
            html.element("td", {{"class", "number"}}, grouped(counts[i].*part.count));
        }
    }
}

}  // namespace cloudhijack::output
