#include "scan/scan_command.hpp"

#include <unistd.h>

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "config/lookups.hpp"
#include "io/output_file.hpp"
#include "output/answer.hpp"
#include "output/shell.hpp"
#include "scan/answer_printer.hpp"
#include "scan/command_line.hpp"
#include "scan/file_messages.hpp"
#include "scan/files.hpp"
#include "scan/progress.hpp"
#include "scan/scanner.hpp"
#include "scan/stop_signals.hpp"

namespace cloudhijack::scan {
namespace {

void tell_problems(const config::LookupProblems& problems, MessageLog& messages) {
    for (const auto* texts : {&problems.bad_lines, &problems.bad_values, &problems.unread}) {
        messages.tell(*texts);
    }
}

// Reads the lookup files that the user named; false if one of them cannot be used.
bool take_lookups(const config::Setup& setup, config::Config& config, MessageLog& messages) {
    tell_problems(setup.settings_problems, messages);
    if (!setup.settings_problems.unread.empty()) return false;
    std::error_code error;
    const std::string& baseline = config.baseline_file;
    if (!baseline.empty() && std::filesystem::file_size(baseline, error) == 0 && !error) {
        output::print_message(
            baseline +
            ": is empty and has no header; a shell empties the target of > before the program "
            "starts, so write to another file and rename it");
        return false;
    }
    const auto problems = config::read_lookups(setup.catalogue, {}, config);
    tell_problems(problems, messages);
    if (config.mode != config::Mode::baseline) return problems.unread.empty();
    const auto whole = config::check_whole(problems);
    if (!whole) output::print_message(whole.error().text);
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

std::vector<FileOutcome> read_files(Scanner& scanner, const FileList& list, const ScanJob& job,
                                    const config::Config& config) {
    std::optional<ProgressLine> line;
    if (::isatty(STDERR_FILENO) == 1) line.emplace(scanner, config, size_of(list.files));
    return scanner.run(list.files, job.threads);
}

// Removes the file that the answer will replace from the files to read: it is an older answer.
void leave_out(const io::OutputFile& output, FileList& list) {
    std::erase_if(list.files, [&](const File& file) {
        if (!output.replaces(file.path)) return false;
        list.skipped.push_back(shown_name(file.path) + ": skipped, the output replaces it");
        return true;
    });
}

std::optional<TimeFilter> filter_for(const TimeRange& range, const rules::Catalogue& catalogue) {
    if (range.is_unlimited()) return std::nullopt;
    return TimeFilter(catalogue, range);
}

// Reports what could not be read; true if that is an error.
bool report_files(const FileList& list, std::span<const FileOutcome> outcomes,
                  const ScanTotals& totals, MessageLog& messages) {
    bool failed = !list.problems.empty();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        const auto problems = problems_of(list.files[i], outcomes[i]);
        failed |= !problems.empty() && !outcomes[i].is_other_file;
        messages.tell(problems);
    }
    messages.tell(unknown_objects(list.files, outcomes));
    // A folder of logs also contains digests and notifications, so unknown objects are an error
    // only if there was no record at all.
    return failed || (totals.unknown > 0 && totals.records == 0);
}

int scan(const ScanJob& job) {
    const Interruption interruption;
    const rules::Catalogue& catalogue = job.setup.catalogue;
    config::Config config = job.config;
    MessageLog messages;
    if (!take_lookups(job.setup, config, messages)) return output::k_exit_error;
    auto file = io::OutputFile::open(job.form.output_path);
    if (!file) return output::print_error(file.error().text);
    FileList list = list_files(job.paths);
    leave_out(*file, list);
    leave_unopened(job.range, list);
    messages.tell(list.skipped);
    messages.tell(list.problems);

    Scanner scanner([&] { return output::new_activity(job.setup, config); }, *job.setup.logs,
                    log::CallFilter(*job.setup.logs, catalogue.call_names()),
                    &interruption.request(), filter_for(job.range, catalogue));
    const auto outcomes = read_files(scanner, list, job, config);
    Counted counted{.activity = &scanner.activity(),
                    .totals = totals_of(outcomes, list.unopened),
                    .range = job.range};
    counted.failed = report_files(list, outcomes, counted.totals, messages);
    const bool is_incomplete = counted.totals.is_incomplete();
    if (is_incomplete) {
        messages.tell(
            unfinished_files(list.files, outcomes, interruption.text(), scanner.progress().bytes));
        if (config.mode == config::Mode::baseline) {
            output::print_message("no baseline was printed: it would replace a complete one");
            return interruption.exit_code();
        }
    } else if (counted.totals.read == 0) {
        messages.tell(nothing_read(list, job.range));
        // Opening the others would have changed nothing but the counts of records.
        counted.failed |= list.unopened == 0;
    }

    const auto rows = print_answer(counted, job.form, job.setup, config, *file, messages);
    if (!rows) return output::print_error(rows.error().text);
    if (!interruption.came()) return exit_code_of(counted, job.form, *rows);
    if (!is_incomplete) {
        messages.tell(interruption.text() +
                      ", after everything had been read: the answer is complete");
    }
    return interruption.exit_code();
}

}  // namespace

int run_scan(std::span<const std::string> arguments) {
    const auto asked = read_command_line(arguments);
    if (!asked) return output::print_errors(asked.error());
    if (const auto* help = std::get_if<Help>(&*asked)) return output::print(help->text);
    return scan(std::get<ScanJob>(*asked));
}

}  // namespace cloudhijack::scan
