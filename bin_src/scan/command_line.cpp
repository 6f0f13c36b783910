#include "scan/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <chrono>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "config/arguments.hpp"
#include "config/invalid_value.hpp"
#include "text/number.hpp"

namespace cloudhijack::scan {
namespace {

namespace po = boost::program_options;

constexpr unsigned k_most_threads = 256;
const std::string k_verb = "scan";

// The values of an option that is given.
std::vector<std::string> values_of(const po::variables_map& given, const config::Option& option) {
    const std::string name = shell_name(option);
    if (!given.contains(name)) return {};
    if (option.can_repeat) return given[name].as<std::vector<std::string>>();
    return {given[name].as<std::string>()};
}

// The value of an option, if it is given.
std::optional<std::string> value_of(const po::variables_map& given, const std::string& name) {
    if (!given.contains(name)) return std::nullopt;
    return given[name].as<std::string>();
}

Result<unsigned> read_threads(const po::variables_map& given) {
    const auto text = value_of(given, "threads");
    if (!text) return std::clamp(std::thread::hardware_concurrency(), 1U, k_most_threads);
    const auto count = text::whole_number(*text, k_most_threads);
    if (!count || *count == 0) {
        return failure("option --threads: " +
                       config::invalid_value(
                           *text, "a whole number from 1 to " + std::to_string(k_most_threads)));
    }
    return static_cast<unsigned>(*count);
}

// The output format; its default and its allowed values depend on the mode.
Result<output::Format> read_format(const po::variables_map& given, config::Mode mode) {
    const bool is_baseline = mode == config::Mode::baseline;
    auto format = is_baseline ? output::Format::csv : output::Format::table;
    if (const auto name = value_of(given, "format")) {
        const auto known = std::ranges::find(k_format_names, *name);
        if (known == k_format_names.end()) {
            return failure("option --format: " +
                           config::invalid_value(*name, "table, csv, ndjson or html"));
        }
        format = static_cast<output::Format>(known - k_format_names.begin());
    }
    const bool is_for_people = format == output::Format::table || format == output::Format::html;
    if (is_baseline && is_for_people) {
        return failure("option --format: mode baseline prints no " +
                       std::string(k_format_names.at(static_cast<std::size_t>(format))) +
                       "; it accepts csv or ndjson");
    }
    return format;
}

Result<std::string> read_output_path(const po::variables_map& given, output::Format format) {
    std::string path = value_of(given, "output").value_or("-");
    if (path.empty()) return failure("option --output: has no value; name a file, or -");
    if (path == "-") path.clear();
    if (format == output::Format::html && path.empty() && ::isatty(STDOUT_FILENO) == 1) {
        return failure("option --format: a terminal does not show html; name a file with -o");
    }
    return path;
}

Result<ScanJob> read_job(const po::variables_map& given, config::Setup setup) {
    const auto threads = read_threads(given);
    if (!threads) return std::unexpected(threads.error());
    config::Config config = setup.default_config();
    const auto set = set_options(given, setup, config);
    if (!set) return std::unexpected(set.error());
    if (auto fits = check_modes(*set, config.mode); !fits) return std::unexpected(fits.error());
    auto form = read_form(given, config.mode);
    if (!form) return std::unexpected(std::move(form.error()));
    const auto now = std::chrono::system_clock::now();
    const auto range = read_time_range(value_of(given, "from"), value_of(given, "to"),
                                       std::chrono::floor<std::chrono::microseconds>(now));
    if (!range) return std::unexpected(range.error());
    const bool partial = given.contains("partial");
    if (partial) {
        auto counts = check_step(given, setup, config::OptionStep::answer,
                                 "does not change the state that scan --partial writes; give it to "
                                 "cloudhijack merge, which prints the answer");
        if (!counts) return std::unexpected(std::move(counts.error()));
    }
    if (!given.contains("path"))
        return failure("scan has no path; name a file, a folder or - for standard input");
    return ScanJob{.paths = given["path"].as<std::vector<std::string>>(),
                   .form = std::move(*form),
                   .partial = partial,
                   .threads = *threads,
                   .range = *range,
                   .config = std::move(config),
                   .setup = std::move(setup)};
}

}  // namespace

config::Messages with_hint(const std::string& error, const std::string& verb) {
    return {error + "; see cloudhijack " + verb + " --help"};
}

Result<GivenOptions> parse_options(std::span<const std::string> arguments,
                                   const std::vector<ShownOption>& own,
                                   const config::Setup& setup) {
    po::options_description options;
    for (const auto& shown : {own, finding_options(setup)}) {
        for (const ShownOption& option : shown) {
            const std::string names = option.names();
            if (option.can_repeat) {
                options.add_options()(names.c_str(), po::value<std::vector<std::string>>());
            } else if (option.has_value()) {
                options.add_options()(names.c_str(), po::value<std::string>());
            } else {
                options.add_options()(names.c_str(), "");
            }
        }
    }
    options.add_options()("path", po::value<std::vector<std::string>>());
    return config::parse_arguments(arguments, options,
                                   po::positional_options_description().add("path", -1));
}

std::expected<config::Setup, config::Messages> read_named_setup(
    std::span<const std::string> arguments, const std::string& verb) {
    const auto config_path = config::find_value(arguments, "config");
    if (!config_path) return std::unexpected(with_hint(config_path.error().text, verb));
    const auto settings_path = config::find_value(arguments, "settings");
    if (!settings_path) return std::unexpected(with_hint(settings_path.error().text, verb));
    return config::without_mistakes(config::read_setup_of(*config_path, *settings_path));
}

Result<> check_step(const GivenOptions& given, const config::Setup& setup, config::OptionStep step,
                    const std::string& remedy) {
    for (const auto& shown : {own_options(), finding_options(setup)}) {
        for (const ShownOption& option : shown) {
            if (option.step == step && given.contains(option.name)) {
                return failure("option --" + option.name + ": " + remedy);
            }
        }
    }
    return {};
}

Result<std::vector<const config::Option*>> set_options(const GivenOptions& given,
                                                       const config::Setup& setup,
                                                       config::Config& config) {
    std::vector<const config::Option*> set;
    for (const config::Option& option : setup.options) {
        if (option.interface == config::Interface::search) continue;
        const auto values = values_of(given, option);
        for (const std::string& value : values) {
            auto taken = set_option(option, "--" + shell_name(option), value, config);
            if (!taken) return std::unexpected(std::move(taken.error()));
        }
        if (!values.empty()) set.push_back(&option);
    }
    return set;
}

Result<> check_modes(std::span<const config::Option* const> set, config::Mode mode) {
    for (const config::Option* option : set) {
        if (auto fits = check_mode(*option, "--" + shell_name(*option), mode); !fits) return fits;
    }
    return {};
}

Result<AnswerForm> read_form(const GivenOptions& given, config::Mode mode) {
    const auto format = read_format(given, mode);
    if (!format) return std::unexpected(format.error());
    auto output_path = read_output_path(given, *format);
    if (!output_path) return std::unexpected(std::move(output_path.error()));
    const bool fail_on_findings = given.contains("fail-on-findings");
    if (fail_on_findings && !has_findings(mode)) {
        return failure("option --fail-on-findings: mode " + std::string(name_of(mode)) +
                       " has no findings; it belongs to mode volume or hunt");
    }
    // A baseline is read again, as it stands.
    return AnswerForm{.format = *format,
                      .raw_csv = given.contains("raw-csv") || mode == config::Mode::baseline,
                      .fail_on_findings = fail_on_findings,
                      .output_path = std::move(*output_path),
                      .command = {}};
}

std::expected<std::variant<ScanJob, Help>, config::Messages> read_command_line(
    std::span<const std::string> arguments) {
    // The catalogue determines the options and their defaults, and these files determine the
    // catalogue.
    if (config::asks_for_help(arguments)) {
        // Help must not depend on a file that may contain mistakes.
        const auto setup =
            config::read_setup_of(config::find_value(arguments, "config").value_or(""));
        return Help{scan_help(setup ? *setup : config::read_built_in_setup())};
    }
    auto setup = read_named_setup(arguments, k_verb);
    if (!setup) return std::unexpected(std::move(setup.error()));

    const auto given = parse_options(arguments, own_options(), *setup);
    if (!given) return std::unexpected(with_hint(given.error().text, k_verb));
    auto job = read_job(*given, std::move(*setup));
    if (!job) return std::unexpected(with_hint(job.error().text, k_verb));
    job->form.command = shown_command(k_verb, arguments);
    return std::move(*job);
}

}  // namespace cloudhijack::scan
