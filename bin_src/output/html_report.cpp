#include "output/html_report.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "output/html.hpp"
#include "output/html_charts.hpp"
#include "output/html_sections.hpp"
#include "output/report_style.hpp"
#include "output/report_text.hpp"
#include "text/words.hpp"
#include "version.hpp"

namespace cloudhijack::output {
namespace {

constexpr std::size_t k_most_messages = 500;

/// A section, for the page's navigation.
struct PageLink {
    Markup target;
    Markup title;
    bool is_shown = true;
};

struct WriteSections {
    Html& html;
    const ReportSource& source;
    const detect::Activity& activity;

    void operator()(const detect::HuntFindings& findings) const {
        write_sections(html, source, findings, std::get<detect::HuntActivity>(activity));
    }
    void operator()(const detect::VolumeFindings& findings) const {
        write_sections(html, source, findings);
    }
    void operator()(const std::vector<detect::CoverageFinding>& findings) const {
        write_sections(html, source, findings);
    }
    void operator()(const detect::BaselineUpdate& /*update*/) const {}
};

void write_head(Html& html, const std::string& title) {
    const auto head = html.in("head");
    html.empty("meta", {{"charset", "utf-8"}});
    // Nothing may be loaded or run, whatever the page contains.
    html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                        {"content", "default-src 'none'; style-src '" + report_style_hash() +
                                        "'; base-uri 'none'; form-action 'none'"}});
    html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
    html.empty("meta", {{"name", "color-scheme"}, {"content", "light dark"}});
    html.empty("meta", {{"name", "referrer"}, {"content", "no-referrer"}});
    html.empty("meta", {{"name", "robots"}, {"content", "noindex"}});
    html.element("title", title);
    const auto style = html.in("style");
    html.raw(report_style());
}

void write_navigation(Html& html, config::Mode mode, bool has_findings) {
    const bool is_hunt = mode == config::Mode::hunt;
    const std::initializer_list<PageLink> links = {
        {.target = "#summary", .title = "Summary"},
        {.target = "#timeline", .title = "Phases over time", .is_shown = is_hunt && has_findings},
        {.target = "#calls",
         .title = "Calls over time",
         .is_shown = is_hunt || (has_findings && config::has_findings(mode))},
        {.target = "#findings",
         .title = "Findings",
         .is_shown = has_findings && config::has_findings(mode)},
        {.target = "#coverage", .title = "Coverage", .is_shown = mode != config::Mode::volume},
        {.target = "#messages", .title = "Skipped and damaged files"},
        {.target = "#about", .title = "About this report"}};
    const auto navigation = html.in("nav", {{"aria-label", "Sections"}});
    const auto list = html.in("ul");
    for (const PageLink& link : links) {
        if (!link.is_shown) continue;
        const auto entry = html.in("li");
        html.element("a", {{"href", link.target.view()}}, link.title.view());
    }
}

void write_messages(Html& html, const ReportFacts& facts) {
    const auto section = html.in("section", {{"aria-labelledby", "messages"}});
    html.element("h2", {{"id", "messages"}}, "Skipped and damaged files");
    if (facts.problems.empty()) {
        html.element("p", "Nothing was skipped, and no damage was found.");
        return;
    }
    {
        const auto list = html.in("ul", {{"class", "messages"}});
        const std::size_t shown = std::min(facts.problems.size(), k_most_messages);
        for (std::size_t i = 0; i < shown; ++i) html.element("li", facts.problems[i]);
    }
    if (facts.problems.size() > k_most_messages) {
        html.element("p", "And " + grouped(facts.problems.size() - k_most_messages) +
                              " more messages, which the command printed on standard error.");
    }
}

std::string thresholds_in_words(const rules::Catalogue& catalogue,
                                const std::vector<std::uint64_t>& thresholds) {
    std::string text;
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        if (!text.empty()) text += ", ";
        text += catalogue.services()[i].label + ' ' + grouped(thresholds[i]);
    }
    return text;
}

void write_about(Html& html, const ReportSource& source) {
    const config::Config& config = *source.config;
    const rules::Catalogue& catalogue = source.setup->catalogue;
    const auto section = html.in("section", {{"aria-labelledby", "about"}});
    html.element("h2", {{"id", "about"}}, "About this report");
    {
        const auto list = html.in("dl", {{"class", "facts"}});
        const auto fact = [&html](Markup term, std::string_view value) {
            html.element("dt", term.view());
            html.element("dd", value);
        };
        html.element("dt", "Command");
        {
            const auto value = html.in("dd");
            html.element("code", {{"id", "command"}}, source.facts->command);
        }
        fact("Program", "cloudhijack " + std::string(k_version));
        fact("Fingerprint of the catalogue", catalogue.fingerprint());
        fact("Mode", name_of(config.mode));
        if (!source.facts->range.empty()) fact("Time range", source.facts->range);
        const auto file = [&fact](Markup term, const std::string& path) {
            fact(term, path.empty() ? "none" : path);
        };
        if (config.mode == config::Mode::hunt) file("Baseline", config.baseline_file);
        if (config::has_findings(config.mode)) file("Allowlist", config.allowlist_file);
        if (config.mode == config::Mode::hunt) {
            file("Networks of the organisation", config.networks_file);
            file("Own accounts", text::joined(std::vector<std::string>(config.own_accounts.begin(),
                                                                       config.own_accounts.end()),
                                              ", "));
            file("Databases of countries and networks", text::joined(config.geoip_files, ", "));
            fact("Least risk of a finding",
                 std::to_string(config.hunt.min_risk) + ", without markers");
            fact("Messages in 60 min, thresholds",
                 thresholds_in_words(catalogue, config.hunt.thresholds));
        }
        if (config.mode == config::Mode::volume) {
            fact("Span", grouped(static_cast<std::uint64_t>(config.volume.span.count()), "second"));
            fact("Least score of a finding", std::to_string(config.volume.min_score));
            fact("Calls per span, thresholds",
                 thresholds_in_words(catalogue, config.volume.thresholds));
        }
    }
}

std::string_view purpose_of(config::Mode mode) {
    switch (mode) {
        case config::Mode::volume:
            return "Callers with more calls to a cloud service than its threshold";
        case config::Mode::hunt:
            return "Principals that behave like hijackers of cloud services";
        case config::Mode::baseline:
            return {};  // has no report
        case config::Mode::coverage:
            return "What the logs show of each account, and what they cannot show";
    }
    std::unreachable();
}

void write_page(Html& html, const Findings& findings, const ReportSource& source,
                const detect::Activity& activity) {
    const config::Mode mode = source.config->mode;
    const std::string title = "cloudhijack report, " + std::string(name_of(mode)) + " mode";
    html.raw("<!DOCTYPE html>\n");
    const auto page = html.in("html", {{"lang", "en"}});
    write_head(html, title);
    const auto body = html.in("body");
    html.element("a", {{"class", "skip"}, {"href", "#content"}}, "Skip to the summary");
    {
        const auto header = html.in("header");
        html.element("h1", title);
        html.element("p", {{"class", "quiet"}}, purpose_of(mode));
        write_navigation(html, mode, !source.answer->rows.empty());
    }
    write_chart_shapes(html);
    {
        const auto content = html.in("main", {{"id", "content"}});
        std::visit(WriteSections{.html = html, .source = source, .activity = activity}, findings);
        write_messages(html, *source.facts);
        write_about(html, source);
    }
    const auto footer = html.in("footer");
    html.text(
        "This file contains names, addresses and ids of keys from the logs; share it like the logs "
        "themselves. It loads nothing and runs no script. Characters that cannot be shown, or that "
        "could hide others, are shown as ?.");
}

// Without records, an empty answer says nothing at all.
void write_nothing_read(Html& html, const ReportFacts& facts) {
    const std::uint64_t opened = facts.files - facts.unread - facts.unopened;
    html.element("p", {{"class", "alarm"}},
                 "Nothing was read: " +
                     (opened == 0 ? std::string("no file could be opened or was in the time range")
                                  : "there is no record in " + grouped(opened, "file")) +
                     ". This is not a result.");
}

}  // namespace

void write_read_files(Html& html, const ReportSource& source) {
    const ReportFacts& facts = *source.facts;
    if (facts.records == 0) write_nothing_read(html, facts);
    if (!facts.range.empty()) {
        html.element("p", "Time range: " + facts.range +
                              ". Events outside it are not judged, and not counted below.");
    }
    if (facts.is_incomplete) {
        html.element("p", {{"class", "alarm"}},
                     "Incomplete: the scan was stopped before it had read everything.");
    }
    std::string text = "cloudhijack " + std::string(k_version) + " read " +
                       grouped(facts.files - facts.unread - facts.unopened, "file") + " with " +
                       grouped(facts.records, "record") + '.';
    if (facts.unopened > 0) {
        text += ' ' + grouped(facts.unopened, "other file") +
                (facts.unopened == 1 ? " was" : " were") +
                " not opened, by name outside the time range.";
    }
    if (facts.unread > 0) text += ' ' + grouped(facts.unread, "other file") + " could not be read.";
    html.element("p", text);
    if (facts.problems.empty()) return;
    const auto line = html.in("p", {{"class", "alarm"}});
    html.element("a", {{"href", "#messages"}}, grouped(facts.problems.size(), "message"));
    html.text(std::string(facts.problems.size() == 1 ? " concerns" : " concern") +
              " the input; calls are missing if files were skipped or damaged.");
}

void write_notes(Html& html, const ReportSource& source) {
    if (source.facts->notes.empty()) return;
    html.element("h3", "Notes on this answer");
    const auto list = html.in("ul");
    for (const std::string& note : source.facts->notes) html.element("li", note);
}

void write_no_findings(Html& html, const ReportSource& source) {
    const config::Config& config = *source.config;
    const bool is_hunt = config.mode == config::Mode::hunt;
    html.element("p", is_hunt ? "No findings: no principal has a risk of " +
                                    std::to_string(config.hunt.min_risk) + " or more."
                              : std::string("No findings: no caller exceeds a threshold."));
    html.element("p",
                 "This proves nothing about calls that are not in the files. Before you rely "
                 "on it, check that:");
    const auto list = html.in("ul");
    html.element("li", "no message below reports a skipped or damaged file;");
    html.element("li",
                 "there is a file for each account, region and day; a missing day between "
                 "the first and the last event does not show in this report;");
    html.element("li", "the trails log data events of the services that need them;");
    if (is_hunt) {
        html.element("li", "you compared with a baseline, if there are older trails;");
        html.element("li", "--min-risk 0 shows nothing that you cannot explain.");
    } else {
        html.element("li", "hunt mode finds nothing either; this mode only counts.");
    }
}

void write_remainder(Html& html, std::size_t shown, std::size_t all) {
    if (shown == all) return;
    html.element("p", {{"class", "alarm"}},
                 "This page shows the first " + grouped(shown, "finding") + " of " + grouped(all) +
                     "; " + grouped(all - shown) +
                     " more are only in the output of --format csv and --format ndjson.");
}

std::string to_html(const Findings& findings, const Answer& answer,
                    const detect::Activity& activity, const config::Setup& setup,
                    const config::Config& config, const ReportFacts& facts) {
    const ReportSource source{
        .answer = &answer, .setup = &setup, .config = &config, .facts = &facts};
    Html html;
    write_page(html, findings, source, activity);
    return std::move(html).take() + '\n';
}

}  // namespace cloudhijack::output
