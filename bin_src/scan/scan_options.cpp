#include "scan/scan_options.hpp"

#include <algorithm>
#include <array>
#include <boost/program_options.hpp>
#include <sstream>
#include <string_view>
#include <thread>

#include "text/number.hpp"

namespace cloudhijack::scan {
namespace {

namespace po = boost::program_options;

constexpr unsigned k_most_threads = 256;

// In Format's order.
constexpr std::array<std::string_view, 3> k_format_names = {"table", "csv", "ndjson"};

// Options are min_score in SPL and --min-score in a shell.
std::string in_kebab_case(std::string name) {
    std::ranges::replace(name, '_', '-');
    return name;
}

po::options_description described(const char* caption, std::span<const ShownOption> shown) {
    po::options_description options(caption);
    for (const ShownOption& option : shown) {
        std::string names = option.name;
        if (option.letter != '\0') names += {',', option.letter};
        if (option.takes_value) {
            options.add_options()(names.c_str(), po::value<std::string>(), option.text().c_str());
        } else {
            options.add_options()(names.c_str(), option.text().c_str());
        }
    }
    return options;
}

Result<output::Format> read_format(const std::string& name) {
    const auto format = std::ranges::find(k_format_names, name);
    if (format == k_format_names.end()) {
        return failure("option --format takes table, csv or ndjson; got \"" + name + '"');
    }
    return static_cast<output::Format>(format - k_format_names.begin());
}

Result<unsigned> read_threads(const std::string& text) {
    const auto count = text::whole_number(text, k_most_threads);
    if (!count || *count == 0) {
        return failure("option --threads takes a whole number from 1 to " +
                       std::to_string(k_most_threads) + "; got \"" + text + '"');
    }
    return static_cast<unsigned>(*count);
}

Result<po::variables_map> parse(std::span<const std::string> arguments,
                                const po::options_description& shown) {
    po::options_description all;
    all.add(shown).add_options()("path", po::value<std::vector<std::string>>());
    po::variables_map given;
    constexpr int style = po::command_line_style::default_style &
                          ~static_cast<int>(po::command_line_style::allow_guessing);
    try {
        po::store(po::command_line_parser({arguments.begin(), arguments.end()})
                      .options(all)
                      .positional(po::positional_options_description().add("path", -1))
                      .style(style)
                      .run(),
                  given);
    } catch (const po::error& error) {
        return failure(error.what());
    }
    return given;
}

// How the rows are printed depends on what they are.
Result<> fit_output_to_mode(const po::variables_map& given, ScanOptions& options) {
    const config::Mode mode = options.config.mode;
    const bool is_baseline = mode == config::Mode::baseline;
    options.format = is_baseline ? output::Format::csv : output::Format::table;
    if (given.contains("format")) {
        const auto format = read_format(given["format"].as<std::string>());
        if (!format) return std::unexpected(format.error());
        options.format = *format;
    }
    if (is_baseline && options.format == output::Format::table) {
        return failure("mode baseline prints a file, so --format takes csv or ndjson");
    }
    if (is_baseline) options.raw_csv = true;  // it is read again, as it stands
    if (options.fail_on_findings && !has_findings(mode)) {
        return failure("option --fail-on-findings belongs to mode volume or hunt; mode " +
                       std::string(name_of(mode)) + " has no findings");
    }
    return {};
}

}  // namespace

std::string ShownOption::text() const {
    return takes.empty() ? effect : effect + "; takes " + takes;
}

std::vector<ShownOption> own_options() {
    using Kind = config::Offer::Kind;
    return {
        {.name = "help",
         .effect = "show this text",
         .takes = {},
         .takes_value = false,
         .letter = 'h'},
        {.name = "format",
         .effect = "table, csv or ndjson (table; csv in mode baseline)",
         .takes = {},
         .offer = {.kind = Kind::word, .words = {k_format_names.begin(), k_format_names.end()}}},
        {.name = "raw-csv",
         .effect = "csv: leave cells that begin with = + - @ as they are",
         .takes = {},
         .takes_value = false},
        {.name = "fail-on-findings",
         .effect = "exit with 1 when there are findings",
         .takes = {},
         .takes_value = false},
        {.name = "config",
         .effect = "a cloudhijack.conf over the built-in one",
         .takes = {},
         .offer = {.kind = Kind::file, .words = {}}},
        {.name = "threads", .effect = "how many threads read (all cores)", .takes = {}},
    };
}

std::vector<ShownOption> search_options(const config::Setup& setup) {
    std::vector<ShownOption> shown;
    for (const config::Option& option : setup.options) {
        if (option.face == config::Face::search) continue;
        shown.push_back({.name = in_kebab_case(option.name),
                         .effect = option.effect,
                         .takes = option.takes,
                         .offer = option.offer});
    }
    return shown;
}

std::string find_config_path(std::span<const std::string> arguments) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view argument = arguments[i];
        if (argument == "--") break;
        if (argument.starts_with("--config=")) return std::string(argument.substr(9));
        if (argument == "--config" && i + 1 < arguments.size()) return arguments[i + 1];
    }
    return {};
}

Result<ScanOptions> read_scan_arguments(std::span<const std::string> arguments,
                                        const config::Setup& setup) {
    po::options_description shown;
    shown.add(described("Options", own_options()))
        .add(described("What to find", search_options(setup)));
    const auto given = parse(arguments, shown);
    if (!given) return std::unexpected(given.error());

    ScanOptions options;
    options.config = setup.default_config();
    options.raw_csv = given->contains("raw-csv");
    options.fail_on_findings = given->contains("fail-on-findings");
    options.threads = std::clamp(std::thread::hardware_concurrency(), 1U, k_most_threads);
    if (given->contains("path")) {
        options.paths = (*given)["path"].as<std::vector<std::string>>();
    }
    if (given->contains("threads")) {
        const auto threads = read_threads((*given)["threads"].as<std::string>());
        if (!threads) return std::unexpected(threads.error());
        options.threads = *threads;
    }
    for (const config::Option& option : setup.options) {
        const std::string name = in_kebab_case(option.name);
        if (option.face == config::Face::search || !given->contains(name)) continue;
        const auto& value = (*given)[name].as<std::string>();
        auto set = set_option(option, "--" + name, value, options.config);
        if (!set) return std::unexpected(set.error());
    }
    for (const config::Option& option : setup.options) {
        const std::string name = in_kebab_case(option.name);
        if (option.face == config::Face::search || !given->contains(name)) continue;
        auto fits = check_mode(option, "--" + name, options.config.mode);
        if (!fits) return std::unexpected(fits.error());
    }
    const auto fits = fit_output_to_mode(*given, options);
    if (!fits) return std::unexpected(fits.error());
    return options;
}

std::string scan_purpose() {
    return "Finds hijacked cloud services in CloudTrail files. A PATH is a file, a folder that is\n"
           "read with all below it, or - for standard input. A file holds one JSON record, an "
           "array\n"
           "of them, {\"Records\":[...]}, or records on end, one a line or not, with gzip or "
           "without;\n"
           "its content decides, not its name.\n";
}

std::string scan_exit_codes() {
    return "0, with --fail-on-findings 1 when there are any; 2 after an error, told on\n"
           "standard error with the file and the place. What could be read is reported all the "
           "same.\n";
}

std::vector<std::string> scan_examples() {
    return {"cloudhijack scan AWSLogs/",
            "cloudhijack scan --mode hunt --baseline usual.csv AWSLogs/",
            "cloudhijack scan --span 10m --min-score 3 --format ndjson trail.json.gz",
            "aws cloudtrail lookup-events --output json | cloudhijack scan -"};
}

std::string scan_help(const config::Setup& setup) {
    std::ostringstream text;
    text << "usage: cloudhijack scan [options] PATH...\n\n"
         << scan_purpose() << '\n'
         << described("Options", own_options()) << '\n'
         << described("What to find", search_options(setup)) << "\nExit: " << scan_exit_codes()
         << "\nExamples:\n";
    for (const std::string& example : scan_examples()) text << "  " << example << '\n';
    return text.str();
}

}  // namespace cloudhijack::scan
