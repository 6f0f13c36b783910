#include "scan/answer_printer.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <utility>

#include "detect/hunt/evidence/words.hpp"
#include "output/answer.hpp"
#include "output/findings_table.hpp"
#include "output/html_report.hpp"
#include "output/shell.hpp"
#include "text/shell_word.hpp"
#include "text/time.hpp"

namespace cloudhijack::scan {
namespace {

output::TableStyle style_of(const AnswerForm& form) {
    output::TableStyle style;
    if (!form.output_path.empty() || ::isatty(STDOUT_FILENO) != 1) return style;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
    const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
    style.colour = no_colour == nullptr || *no_colour == '\0';
    return style;
}

output::ReportFacts facts_of(const Counted& counted, const AnswerForm& form,
                             const std::vector<std::string>& notes, const MessageLog& messages) {
    return {.command = form.command,
            .files = counted.totals.files,
            .unread = counted.totals.unread,
            .unopened = counted.totals.unopened,
            .records = counted.totals.records,
            .is_incomplete = counted.totals.is_incomplete(),
            .range = counted.range.is_unlimited() ? "" : in_words(counted.range),
            .problems = messages.told(),
            .notes = notes};
}

std::string utc(std::int64_t microseconds) {
    return text::to_utc(text::Time{std::chrono::microseconds{microseconds}});
}

// Not for all records outside the range: those of calls outside the catalogue are not read.
std::string outside_in_words(const OutsideCalls& outside, const TimeRange& range) {
    if (outside.count == 0) return {};
    const std::string text = detect::counted(outside.count, "call") + " of the catalogue" +
                             (outside.count == 1 ? " was" : " were") + " outside " +
                             with_name(range) + " and not counted";
    if (outside.count == 1) return text + ": it was at " + utc(outside.first);
    return text + ": the first was at " + utc(outside.first) + ", the last at " + utc(outside.last);
}

// Notes on how the answer came about.
std::vector<std::string> notes_on(const Counted& counted, const output::Findings& findings,
                                  const config::Setup& setup, config::Mode mode) {
    const ScanTotals& totals = counted.totals;
    std::vector<std::string> notes;
    const auto add = [&notes](std::string text) {
        if (!text.empty()) notes.push_back(std::move(text));
    };
    if (totals.records == 0 && totals.unknown == 0 && totals.read > 0) {
        add("there were no records in the input");
    }
    add(output::nothing_relevant_in_words({.read = totals.records - totals.unreadable,
                                           .relevant = totals.relevant,
                                           .failed = totals.failed,
                                           .outside = totals.outside.count},
                                          findings, mode));
    add(outside_in_words(totals.outside, counted.range));
    if (mode != config::Mode::coverage) {
        add(output::uncounted_in_words(totals.left_out, detect::repeats_in(*counted.activity)));
    }
    for (auto& note : output::notes_of(findings, *counted.activity, setup)) add(std::move(note));
    for (auto& warning : output::warnings_of(findings)) add(std::move(warning));
    return notes;
}

std::string totals_in_words(const ScanTotals& totals) {
    std::string text = detect::counted(totals.files, "file");
    if (totals.unopened > 0) {
        text += ", " + std::to_string(totals.unopened) + " not opened because " +
                (totals.unopened == 1 ? "its name shows that it is"
                                      : "their names show that they are") +
                " outside the time range";
    }
    if (totals.unread > 0) text += ", " + std::to_string(totals.unread) + " not read";
    return text + ", " + detect::counted(totals.records, "record");
}

std::string summary(const ScanTotals& totals, std::size_t rows, config::Mode mode) {
    std::string text = totals_in_words(totals) + ", " +
                       detect::counted(rows, has_findings(mode) ? "finding" : "row");
    if (totals.is_incomplete()) text += ", incomplete";
    return text;
}

Result<> write_whole(std::string_view text, io::OutputFile& file) {
    auto written = file.write(text);
    if (!written && written.error().kind == Error::Kind::failed) return written;
    return file.finish();
}

}  // namespace

void MessageLog::tell(std::string text) {
    if (text.empty()) return;
    output::print_message(text);
    told_.push_back(std::move(text));
}

void MessageLog::tell(const std::vector<std::string>& texts) {
    for (const std::string& text : texts) tell(text);
}

Result<std::size_t> print_answer(const Counted& counted, const AnswerForm& form,
                                 const config::Setup& setup, const config::Config& config,
                                 io::OutputFile& file, MessageLog& messages) {
    const auto findings = output::findings_of(*counted.activity, config);
    if (!findings) return std::unexpected(findings.error());
    const output::Answer answer = output::answer_of(*findings);
    const auto notes = notes_on(counted, *findings, setup, config.mode);
    const auto text = [&] {
        switch (form.format) {
            case output::Format::table:
                return output::findings_table(*findings, style_of(form));
            case output::Format::csv:
                return output::to_csv(answer.columns, answer.rows, form.raw_csv);
            case output::Format::ndjson:
                return output::to_ndjson(answer.columns, answer.rows);
            case output::Format::html:
                return output::to_html(*findings, answer, *counted.activity, setup, config,
                                       facts_of(counted, form, notes, messages));
        }
        std::unreachable();
    };
    auto written = write_whole(text(), file);
    if (!written) return std::unexpected(std::move(written.error()));
    messages.tell(notes);
    messages.tell(summary(counted.totals, answer.rows.size(), config.mode));
    return answer.rows.size();
}

std::string state_summary(const ScanTotals& totals, std::uint64_t documents) {
    return totals_in_words(totals) + ", a state of " + detect::counted(documents, "document");
}

std::string shown_command(std::string_view subcommand, std::span<const std::string> arguments) {
    std::string command = "cloudhijack " + std::string(subcommand);
    for (const std::string& argument : arguments) {
        command.append(" ").append(text::quoted_for_shell(argument));
    }
    return command;
}

int exit_code_of(const Counted& counted, const AnswerForm& form, std::size_t rows) {
    if (counted.totals.has_error()) return output::k_exit_error;
    return form.fail_on_findings && rows > 0 ? output::k_exit_findings : output::k_exit_ok;
}

}  // namespace cloudhijack::scan
