#include "scan/scan_command.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "config/lookups.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "io/file_descriptor.hpp"
#include "log/record_reader.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "output/findings_table.hpp"
#include "output/shell.hpp"
#include "scan/command_line.hpp"
#include "scan/files.hpp"
#include "scan/progress.hpp"
#include "scan/scanner.hpp"
#include "scan/stop_signals.hpp"

namespace cloudhijack::scan {
namespace {

using detect::counted;
using output::print_error;
using output::print_message;

output::TableStyle style_of_output() {
    output::TableStyle style;
    if (::isatty(STDOUT_FILENO) != 1) return style;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
    const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
    style.colour = no_colour == nullptr || *no_colour == '\0';
    return style;
}

/// The output of a scan, and its number of rows.
struct Report {
    std::string text;
    std::size_t rows = 0;
};

Report report(const ScanJob& job, const output::Findings& findings) {
    const auto [columns, rows] = output::answer_of(findings);
    std::string text;
    switch (job.format) {
        case output::Format::table:
            text = output::findings_table(findings, style_of_output());
            break;
        case output::Format::csv:
            text = output::to_csv(columns, rows, job.raw_csv);
            break;
        case output::Format::ndjson:
            text = output::to_ndjson(columns, rows);
            break;
    }
    return {.text = std::move(text), .rows = rows.size()};
}

void print_problems(const config::LookupProblems& problems) {
    for (const auto* texts : {&problems.bad_lines, &problems.bad_values, &problems.unread}) {
        for (const std::string& problem : *texts) print_message(problem);
    }
}

// Reads the lookup files that the user named; false if one of them cannot be used.
bool take_lookups(const config::Setup& setup, config::Config& config) {
    print_problems(setup.settings_problems);
    if (!setup.settings_problems.unread.empty()) return false;
    std::error_code error;
    const std::string& baseline = config.baseline_file;
    if (!baseline.empty() && std::filesystem::file_size(baseline, error) == 0 && !error) {
        print_message(
            baseline +
            ": is empty and has no header; a shell empties the target of > before the program "
            "starts, so write to another file and rename it");
        return false;
    }
    const auto problems = config::read_lookups(setup.catalogue, {}, config);
    print_problems(problems);
    if (config.mode != config::Mode::baseline) return problems.unread.empty();
    const auto whole = config::check_whole(problems);
    if (!whole) print_message(whole.error().text);
    return whole.has_value();
}

/// The request to stop a scan, which signals make, and its consequences.
class Interruption {
  public:
    [[nodiscard]] const io::StopRequest& request() const { return request_; }
    [[nodiscard]] bool came() const { return request_.reason() != 0; }
    /// For messages: `stopped by SIGINT`.
    [[nodiscard]] std::string text() const {
        return "stopped by " + signal_name(request_.reason());
    }
    /// The exit code that a shell gives for a process ended by the signal.
    [[nodiscard]] int exit_code() const { return output::k_exit_signal + request_.reason(); }

  private:
    io::StopRequest request_;
    StopSignals signals_{request_};
};

// Reports the problems with a file; false if there were none.
bool print_outcome(const File& file, const FileOutcome& outcome) {
    const std::string name = shown_name(file.path);
    if (outcome.is_other_file) {
        print_message(name + ": skipped, it " + *outcome.error);
        return false;
    }
    if (outcome.lost_something()) {
        print_message(
            name + ": " +
            output::unreadable_in_words(outcome.unreadable, outcome.records, outcome.lost_bytes) +
            "; the first, at byte " + std::to_string(outcome.first_unreadable_at) + ", " +
            outcome.first_reason);
    }
    if (outcome.error && !outcome.begins_as_json && outcome.records == 0) {
        print_message(name + ": " + *outcome.error);
    } else if (outcome.error) {
        print_message(name + ": " + *outcome.error + "; " + counted(outcome.records, "record") +
                      (outcome.records == 1 ? " was" : " were") + " read from it");
    }
    return outcome.lost_something() || outcome.error;
}

// Reports the objects in all files that are not records of any log. A folder of logs also contains
// digests and notifications, so this is an error only if there was no record at all.
bool print_unknown(std::span<const File> files, std::span<const FileOutcome> outcomes) {
    std::uint64_t unknown = 0;
    std::uint64_t records = 0;
    std::string first;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const FileOutcome& outcome = outcomes[i];
        if (unknown == 0 && outcome.unknown > 0) {
            first = "at byte " + std::to_string(outcome.first_unknown_at) + " of " +
                    shown_name(files[i].path) + ", has " +
                    log::keys_in_words(outcome.first_unknown_keys);
        }
        unknown += outcome.unknown;
        records += outcome.records;
    }
    if (unknown > 0) print_message(output::unknown_in_words(unknown, first));
    return unknown > 0 && records == 0;
}

bool was_read(const FileOutcome& outcome) { return !outcome.error || outcome.records > 0; }

/// The totals over all files.
struct ScanTotals {
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;  ///< records among them
    std::uint64_t relevant = 0;    ///< calls among them that the mode considers
    std::uint64_t failed = 0;      ///< calls among these that failed
    std::uint64_t left_out = 0;
    std::uint64_t unknown = 0;  ///< objects that are not records
    std::size_t read = 0;       ///< files
    std::size_t unread = 0;  ///< files that should have been read, so not those that are not logs
    std::size_t done = 0;    ///< files that were read to the end before the scan was stopped
};

ScanTotals totals_of(std::span<const FileOutcome> outcomes) {
    ScanTotals totals;
    for (const FileOutcome& outcome : outcomes) {
        totals.records += outcome.records;
        totals.unreadable += outcome.unreadable;
        totals.relevant += outcome.relevant;
        totals.failed += outcome.failed;
        totals.left_out += outcome.left_out;
        totals.unknown += outcome.unknown;
        totals.read += was_read(outcome) ? 1U : 0U;
        totals.done += outcome.stage == FileStage::done ? 1U : 0U;
        totals.unread += was_read(outcome) || outcome.is_other_file ? 0U : 1U;
    }
    return totals;
}

std::string summary(std::size_t files, const ScanTotals& totals) {
    const std::string unread =
        totals.unread == 0 ? "" : ", " + std::to_string(totals.unread) + " not read";
    return counted(files, "file") + unread + ", " + counted(totals.records, "record");
}

// If nothing was read, the lack of findings is not an answer. Problems with files that the user
// named have been reported; for a folder there may have been no message.
void print_nothing_read(const FileList& list) {
    if (list.files.empty() && list.problems.empty()) {
        print_message("nothing was read: there are no files");
    } else if (!std::ranges::all_of(list.files, &File::named)) {
        print_message("nothing was read: " + counted(list.files.size(), "file") +
                      (list.files.size() == 1 ? " was found, which is not a log"
                                              : " were found, none of which is a log") +
                      " that scan reads");
    }
}

std::uint64_t size_of(std::span<const File> files) {
    std::uint64_t size = 0;
    for (const File& file : files) {
        if (file.is_pipe) return 0;  // the total is unknown
        size += file.size;
    }
    return size;
}

std::vector<FileOutcome> read_files(Scanner& scanner, const FileList& list, const ScanJob& job,
                                    const config::Config& config) {
    std::optional<ProgressLine> line;
    if (::isatty(STDERR_FILENO) == 1) line.emplace(scanner, config, size_of(list.files));
    return scanner.run(list.files, job.threads);
}

// Reports how far a stopped scan got.
void print_stop(const Interruption& interruption, const FileList& list,
                std::span<const FileOutcome> outcomes, const Scanner& scanner) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (outcomes[i].stage != FileStage::stopped) continue;
        const std::uint64_t records = outcomes[i].records;
        print_message(shown_name(list.files[i].path) + ": was not read to the end; " +
                      counted(records, "record") + (records == 1 ? " was" : " were") +
                      " read from it");
    }
    const std::size_t done = totals_of(outcomes).done;
    const std::uint64_t size = size_of(list.files);
    print_message(interruption.text() + ", so the answer is incomplete: " + std::to_string(done) +
                  " of " + counted(outcomes.size(), "file") +
                  (outcomes.size() == 1 ? " was" : " were") + " read to the end, " +
                  std::to_string(scanner.progress().bytes) +
                  (size > 0 ? " of " + std::to_string(size) : "") + " bytes");
}

// The exit code of a scan that has printed its rows.
int exit_code_of(const ScanJob& job, const Interruption& interruption, bool failed,
                 std::size_t rows) {
    if (interruption.came()) return interruption.exit_code();
    if (failed) return output::k_exit_error;
    return job.fail_on_findings && rows > 0 ? output::k_exit_findings : output::k_exit_ok;
}

// Prints notes on how the answer came about.
void print_notes(const ScanJob& job, const config::Config& config, const ScanTotals& totals,
                 const output::Findings& findings, const detect::Activity& activity) {
    std::vector<std::string> notes;
    if (totals.records == 0 && totals.unknown == 0 && totals.read > 0) {
        notes.emplace_back("there were no records in the input");
    }
    notes.push_back(output::nothing_relevant_in_words({.read = totals.records - totals.unreadable,
                                                       .relevant = totals.relevant,
                                                       .failed = totals.failed},
                                                      findings, config.mode));
    if (config.mode != config::Mode::coverage) {
        notes.push_back(output::uncounted_in_words(totals.left_out, detect::repeats_in(activity)));
    }
    std::ranges::copy(output::notes_of(findings, activity, job.setup), std::back_inserter(notes));
    std::ranges::copy(output::warnings_of(findings), std::back_inserter(notes));
    for (const std::string& note : notes) {
        if (!note.empty()) print_message(note);
    }
}

int scan(const ScanJob& job) {
    const Interruption interruption;
    const rules::Catalogue& catalogue = job.setup.catalogue;
    config::Config config = job.config;
    if (!take_lookups(job.setup, config)) return output::k_exit_error;
    const FileList list = list_files(job.paths);
    for (const std::string& skipped : list.skipped) print_message(skipped);
    for (const std::string& problem : list.problems) print_message(problem);

    Scanner scanner([&] { return output::new_activity(job.setup, config); }, *job.setup.logs,
                    log::CallFilter(*job.setup.logs, catalogue.call_names()),
                    &interruption.request());
    const auto outcomes = read_files(scanner, list, job, config);
    bool failed = !list.problems.empty();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        failed |= print_outcome(list.files[i], outcomes[i]);
    }
    failed |= print_unknown(list.files, outcomes);
    const ScanTotals totals = totals_of(outcomes);
    const bool is_incomplete = totals.done < outcomes.size();
    if (is_incomplete) {
        print_stop(interruption, list, outcomes, scanner);
        if (config.mode == config::Mode::baseline) {
            print_message("no baseline was printed: it would replace a complete one");
            return interruption.exit_code();
        }
    } else if (totals.read == 0) {
        print_nothing_read(list);
        failed = true;
    }

    const auto findings = output::findings_of(scanner.activity(), config);
    if (!findings) return print_error(findings.error().text);
    const auto [text, rows] = report(job, *findings);
    const auto written = io::write_to(STDOUT_FILENO)(text);
    if (!written && written.error().kind == Error::Kind::failed) {
        return print_error(written.error().text);
    }
    print_notes(job, config, totals, *findings, scanner.activity());
    print_message(summary(list.files.size(), totals) + ", " +
                  counted(rows, has_findings(config.mode) ? "finding" : "row") +
                  (is_incomplete ? ", incomplete" : ""));
    if (interruption.came() && !is_incomplete) {
        print_message(interruption.text() +
                      ", after everything had been read: the answer is complete");
    }
    return exit_code_of(job, interruption, failed, rows);
}

}  // namespace

int run_scan(std::span<const std::string> arguments) {
    const auto asked = read_command_line(arguments);
    if (!asked) return output::print_errors(asked.error());
    if (const auto* help = std::get_if<Help>(&*asked)) return output::print(help->text);
    return scan(std::get<ScanJob>(*asked));
}

}  // namespace cloudhijack::scan
