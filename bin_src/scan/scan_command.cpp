#include "scan/scan_command.hpp"

#include <unistd.h>

#include <algorithm>
#include <new>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "io/output_file.hpp"
#include "output/answer.hpp"
#include "output/shell.hpp"
#include "sandbox/sandbox.hpp"
#include "scan/answer_printer.hpp"
#include "scan/command_line.hpp"
#include "scan/confinement.hpp"
#include "scan/file_messages.hpp"
#include "scan/files.hpp"
#include "scan/interruption.hpp"
#include "scan/lookup_files.hpp"
#include "scan/progress.hpp"
#include "scan/scanner.hpp"
#include "scan/state_writer.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::string_view k_less_memory = "scan fewer files at once, with fewer --threads";

std::vector<FileOutcome> read_files(Scanner& scanner, const FileList& list, const ScanJob& job,
                                    const config::Config& config) {
    std::optional<ProgressLine> line;
    if (::isatty(STDERR_FILENO) == 1) line.emplace(scanner, config, size_of(list.files));
    return scanner.run(list.files, job.threads);
}

std::optional<TimeFilter> filter_for(const TimeRange& range, const rules::Catalogue& catalogue) {
    if (range.is_unlimited()) return std::nullopt;
    return TimeFilter(catalogue, range);
}

// Reports the problems with the files, which a state passes on to the merge.
void report_files(const FileList& list, std::span<const FileOutcome> outcomes,
                  MessageLog& messages) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        messages.tell(problems_of(list.files[i], outcomes[i]));
    }
}

/// Some consecutive messages of a log.
struct SomeMessages {
    std::size_t first = 0;
    std::size_t count = 0;
};

// Writes the counts instead of an answer; returns the exit code. The messages about files become a
// part of the state; the merge makes the others anew.
Result<int> write_state(const ScanJob& job, const FileList& list,
                        std::span<const FileOutcome> outcomes, const Counted& counted,
                        SomeMessages about_files, io::OutputFile& file, MessageLog& messages) {
    StateWriter state(job.setup, job.config,
                      [&file](std::string_view bytes) { return file.write(bytes); });
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        state.add({.name = shown_name(list.files[i].path),
                   .content = outcomes[i].content,
                   .records = outcomes[i].records,
                   .range = job.range});
    }
    for (const std::string& message :
         std::span(messages.told()).subspan(about_files.first, about_files.count)) {
        state.add_message(message);
    }
    const auto documents = state.finish(*counted.activity, counted.totals, counted.range);
    if (!documents) return std::unexpected(documents.error());
    if (auto finished = file.finish(); !finished) return std::unexpected(finished.error());
    messages.tell(state_summary(counted.totals, *documents));
    return exit_code_of(counted, job.form, 0);
}

// Reports a scan that was stopped; the exit code if it prints no answer.
std::optional<int> report_stop(const ScanJob& job, const FileList& list,
                               std::span<const FileOutcome> outcomes,
                               const Interruption& interruption, std::uint64_t bytes,
                               MessageLog& messages) {
    messages.tell(unfinished_files(list.files, outcomes, interruption.text(), bytes));
    if (job.partial) {
        output::print_message("no state was written: it would be the state of a part of the files");
    } else if (job.config.mode == config::Mode::baseline) {
        output::print_message("no baseline was printed: it would replace a complete one");
    } else {
        return std::nullopt;
    }
    return interruption.exit_code();
}

// The paths beneath which the scan opens files.
std::vector<std::string> readable_in(const FileList& list, const std::vector<std::string>& named) {
    std::vector<std::string> paths = named_files(named);
    paths.insert(paths.end(), list.links.begin(), list.links.end());
    return paths;
}

Result<int> answer(const ScanJob& job, const config::Config& config, const Counted& counted,
                   io::OutputFile& file, MessageLog& messages) {
    const auto rows = print_answer(counted, job.form, job.setup, config, file, messages);
    if (!rows) return std::unexpected(rows.error());
    return exit_code_of(counted, job.form, *rows);
}

int scan(const ScanJob& job) {
    sandbox::limit_memory(job.config.memory_limit);
    const Interruption interruption;
    const rules::Catalogue& catalogue = job.setup.catalogue;
    config::Config config = job.config;
    MessageLog messages;
    if (!take_lookups(job.setup, config, messages)) return output::k_exit_error;
    // The unfinished output must not be among the files.
    FileList list = list_files(job.paths);
    if (auto safe = check_output(job.form.output_path, list.files); !safe) {
        return output::print_error(safe.error().text);
    }
    auto file = io::OutputFile::open(job.form.output_path);
    if (!file) return output::print_error(file.error().text);
    leave_unopened(job.range, list);
    const std::size_t about_settings = messages.told().size();
    messages.tell(list.skipped);
    messages.tell(list.problems);
    confine({.readable = readable_in(list, job.paths), .completed_in = file->folder()});

    Scanner scanner([&] { return output::new_activity(job.setup, config); }, *job.setup.logs,
                    log::CallFilter(*job.setup.logs, catalogue.call_names()),
                    &interruption.request(), filter_for(job.range, catalogue));
    if (job.partial) scanner.hash_files();
    const auto outcomes = read_files(scanner, list, job, config);
    const Counted counted{
        .activity = &scanner.activity(),
        .totals = totals_of(list.files, outcomes,
                            {.unopened = list.unopened, .problems = list.problems.size()}),
        .range = job.range};
    report_files(list, outcomes, messages);
    const std::size_t about_files = messages.told().size() - about_settings;
    messages.tell(unknown_objects(counted.totals));
    messages.tell(nothing_read(counted.totals, job.range));
    const std::uint64_t memory_limit = job.config.memory_limit;
    if (memory_limit > 0 && std::ranges::any_of(outcomes, &FileOutcome::ran_out_of_memory)) {
        messages.tell(out_of_memory(memory_limit, k_less_memory));
    }
    const bool is_incomplete = counted.totals.is_incomplete();
    if (is_incomplete) {
        const auto code =
            report_stop(job, list, outcomes, interruption, scanner.progress().bytes, messages);
        if (code) return *code;
    }
    const auto code =
        job.partial ? write_state(job, list, outcomes, counted,
                                  {.first = about_settings, .count = about_files}, *file, messages)
                    : answer(job, config, counted, *file, messages);
    if (!code) return output::print_error(code.error().text);
    if (!interruption.came()) return *code;
    if (!is_incomplete) {
        messages.tell(interruption.text() + ", after everything had been read: the " +
                      (job.partial ? "state" : "answer") + " is complete");
    }
    return interruption.exit_code();
}

}  // namespace

int run_scan(std::span<const std::string> arguments) {
    const auto asked = read_command_line(arguments);
    if (!asked) return output::print_errors(asked.error());
    if (const auto* help = std::get_if<Help>(&*asked)) return output::print(help->text);
    const auto& job = std::get<ScanJob>(*asked);
    try {
        return scan(job);
    } catch (const std::bad_alloc&) {
        return output::print_error(out_of_memory(job.config.memory_limit, k_less_memory));
    }
}

}  // namespace cloudhijack::scan
