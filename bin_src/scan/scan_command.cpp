#include "scan/scan_command.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

#include "config/catalogue_reader.hpp"
#include "config/lookups.hpp"
#include "config/setup.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "io/file_descriptor.hpp"
#include "output/answer.hpp"
#include "output/csv_and_ndjson.hpp"
#include "output/findings_table.hpp"
#include "output/terminal_text.hpp"
#include "scan/files.hpp"
#include "scan/progress.hpp"
#include "scan/scan_options.hpp"
#include "scan/scanner.hpp"

namespace cloudhijack::scan {
namespace {

using config::Setup;
using detect::counted;

void tell(std::string_view text) {
    std::cerr << "cloudhijack: " << output::for_terminal(text, 0) << '\n';
}

int tell_error(std::string_view text) {
    tell(text);
    return k_exit_error;
}

// The setup that --config asks for, or the installed one.
Result<Setup> read_setup_for(const std::string& config_path) {
    if (config_path.empty()) return config::read_installed_setup();
    auto file = config::read_conf_file(config_path);
    if (!file) return std::unexpected(file.error());
    return config::read_setup(std::vector{config::embedded_catalogue(), std::move(*file)});
}

output::TableStyle style_of_output() {
    output::TableStyle style;
    if (::isatty(STDOUT_FILENO) != 1) return style;
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
    const char* no_colour = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
    style.colour = no_colour == nullptr || *no_colour == '\0';
    return style;
}

/// What a scan prints, and how many rows that is.
struct Report {
    std::string text;
    std::size_t rows = 0;
};

Report report(const ScanOptions& options, const output::Findings& findings) {
    const auto [columns, rows] = output::answer_of(findings);
    std::string text;
    switch (options.format) {
        case output::Format::table:
            text = output::findings_table(findings, style_of_output());
            break;
        case output::Format::csv:
            text = output::to_csv(columns, rows, options.raw_csv);
            break;
        case output::Format::ndjson:
            text = output::to_ndjson(columns, rows);
            break;
    }
    return {.text = std::move(text), .rows = rows.size()};
}

// Reads the lookup files that the user named; false where one cannot be used.
bool take_lookups(const Setup& setup, config::Config& config) {
    std::error_code error;
    const std::string& baseline = config.baseline_file;
    if (!baseline.empty() && std::filesystem::file_size(baseline, error) == 0 && !error) {
        tell(baseline +
             ": is empty, without a header. A shell empties what > names before it is read: write "
             "to another file, and rename it");
        return false;
    }
    const auto problems = config::read_lookups(setup.catalogue, {}, config);
    for (const std::string& problem : problems.bad_lines) tell(problem);
    for (const std::string& problem : problems.unread) tell(problem);
    if (config.mode != config::Mode::baseline) return problems.unread.empty();
    const auto whole = config::check_whole(problems);
    if (!whole) tell(whole.error().text);
    return whole.has_value();
}

// Tells what went wrong with a file; false where nothing did.
bool tell_outcome(const File& file, const FileOutcome& outcome) {
    const std::string name = shown_name(file.path);
    if (outcome.is_other_file) {
        tell(name + ": skipped, it " + *outcome.error);
        return false;
    }
    if (outcome.unreadable > 0) {
        tell(name + ": " + std::to_string(outcome.unreadable) + " of " +
             std::to_string(outcome.records) + " records could not be read; the first, at byte " +
             std::to_string(outcome.first_unreadable_at) + ", " + outcome.first_reason);
    }
    if (outcome.error) {
        tell(name + ": " + *outcome.error + "; " + counted(outcome.records, "record") +
             (outcome.records == 1 ? " was" : " were") + " read of it");
    }
    return outcome.unreadable > 0 || outcome.error;
}

int scan(ScanOptions options, const Setup& setup) {
    if (!take_lookups(setup, options.config)) return k_exit_error;
    const FileList list = list_files(options.paths);
    for (const std::string& skipped : list.skipped) tell(skipped);
    for (const std::string& problem : list.problems) tell(problem);

    Scanner scanner([&] { return output::new_activity(setup.catalogue, options.config); },
                    *setup.logs, log::CallFilter(*setup.logs, setup.catalogue.call_names()));
    std::vector<FileOutcome> outcomes;
    {
        std::optional<ProgressLine> line;
        std::uint64_t total = 0;
        for (const File& file : list.files) total += file.size;
        if (::isatty(STDERR_FILENO) == 1) line.emplace(scanner, options.config, total);
        outcomes = scanner.run(list.files, options.threads);
    }
    bool failed = !list.problems.empty();
    std::uint64_t records = 0;
    std::uint64_t left_out = 0;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        failed |= tell_outcome(list.files[i], outcomes[i]);
        records += outcomes[i].records;
        left_out += outcomes[i].left_out;
    }

    const auto findings = output::findings_of(scanner.activity(), options.config);
    if (!findings) return tell_error(findings.error().text);
    const auto [text, rows] = report(options, *findings);
    const auto written = io::write_to(STDOUT_FILENO)(text);
    if (!written && written.error().kind == Error::Kind::told) {
        return tell_error(written.error().text);
    }
    if (const auto* hunt = std::get_if<detect::HuntActivity>(&scanner.activity())) {
        const auto uncounted = output::uncounted_in_words(left_out, hunt->repeats());
        if (!uncounted.empty()) tell(uncounted);
    }
    for (const std::string& note :
         output::notes_of(*findings, scanner.activity(), setup.catalogue)) {
        tell(note);
    }
    tell(counted(list.files.size(), "file") + ", " + counted(records, "record") + ", " +
         counted(rows, has_findings(options.config.mode) ? "finding" : "row"));
    if (failed) return k_exit_error;
    return options.fail_on_findings && rows > 0 ? k_exit_findings : k_exit_ok;
}

int tell_mistakes(const Setup& setup) {
    for (const rules::Mistake& mistake : setup.mistakes) tell(to_text(mistake));
    return setup.mistakes.empty() ? k_exit_ok : k_exit_error;
}

// What the macro cloudhijack_events searches for: the names of all calls. Each is one segment of
// the index in every form that a record comes in, so the search loses no event that counts.
std::string macro_terms(const rules::Catalogue& catalogue) {
    std::string terms;
    for (const std::string_view name : catalogue.call_names()) {
        terms += (terms.empty() ? "(" : " OR ") + std::string(name);
    }
    return terms + ')';
}

}  // namespace

int print(std::string_view text) {
    const auto written = io::write_to(STDOUT_FILENO)(text);
    const bool failed = !written && written.error().kind == Error::Kind::told;
    return failed ? tell_error(written.error().text) : k_exit_ok;
}

int run_scan(std::span<const std::string> arguments) {
    const auto is_help = [](std::string_view text) { return text == "--help" || text == "-h"; };
    const auto setup = read_setup_for(find_config_path(arguments));
    if (std::ranges::any_of(arguments, is_help)) {
        // Help must not depend on a file that can be broken.
        const std::vector built_in = {config::embedded_catalogue()};
        return print(scan_help(setup ? *setup : config::read_setup(built_in)));
    }
    if (!setup) return tell_error(setup.error().text);
    if (tell_mistakes(*setup) != k_exit_ok) return k_exit_error;
    const auto options = read_scan_arguments(arguments, *setup);
    if (!options) return tell_error(options.error().text + "; see cloudhijack scan --help");
    if (options->paths.empty()) {
        return tell_error("scan needs a file, a folder or -; see cloudhijack scan --help");
    }
    return scan(*options, *setup);
}

int run_check_config(std::span<const std::string> arguments) {
    const bool only_terms = !arguments.empty() && arguments.front() == "--terms";
    if (only_terms) arguments = arguments.subspan(1);
    const std::string usage = "usage: cloudhijack check-config [--terms] [FILE]";
    if (!arguments.empty() && (arguments[0] == "--help" || arguments[0] == "-h")) {
        return print(usage + '\n');
    }
    if (arguments.size() > 1 || (arguments.size() == 1 && arguments[0].starts_with("-"))) {
        return tell_error(usage);
    }
    const auto setup = read_setup_for(arguments.empty() ? "" : arguments[0]);
    if (!setup) return tell_error(setup.error().text);
    if (tell_mistakes(*setup) != k_exit_ok) return k_exit_error;
    const std::string terms = macro_terms(setup->catalogue);
    if (only_terms) return print(terms + '\n');
    std::string text;
    const auto services = setup->catalogue.services();
    for (std::size_t i = 0; i < services.size(); ++i) {
        text += "service " + services[i].id + ": " + services[i].label + ", threshold " +
                std::to_string(services[i].threshold) + ", " +
                counted(setup->catalogue.call_count(i), "call") + '\n';
    }
    text += "catalogue " + setup->catalogue.fingerprint() +
            ": which calls count, and for what; the same on a search head and all its peers\n";
    const std::vector built_in = {config::embedded_catalogue()};
    if (terms != macro_terms(config::load_catalogue(built_in).catalogue)) {
        text +=
            "\nThe calls are others than the app's macro searches for. Put into "
            "local/macros.conf:\n\n"
            "[cloudhijack_events]\ndefinition = `cloudhijack_index` " +
            terms + " | fields _time, _raw\n";
    }
    return print(text);
}

}  // namespace cloudhijack::scan
