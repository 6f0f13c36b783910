#include "scan/scan_options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>
#include <thread>

#include "text/number.hpp"

namespace cloudhijack::scan {
namespace {

namespace po = boost::program_options;

constexpr unsigned k_most_threads = 256;

// Options are min_score in SPL and --min-score in a shell.
std::string in_kebab_case(std::string name) {
    std::ranges::replace(name, '_', '-');
    return name;
}

po::options_description scan_options() {
    po::options_description options("Options");
    options.add_options()             //
        ("help,h", "show this text")  //
        ("format", po::value<std::string>(),
         "table, csv or ndjson (table; csv in mode baseline)")                            //
        ("raw-csv", "csv: leave cells that begin with = + - @ as they are")               //
        ("fail-on-findings", "exit with 1 when there are findings")                       //
        ("config", po::value<std::string>(), "a cloudhijack.conf over the built-in one")  //
        ("threads", po::value<std::string>(), "how many threads read (all cores)");
    return options;
}

po::options_description search_options(const command::Setup& setup) {
    po::options_description options("What to find");
    for (const command::Option& option : setup.options) {
        if (option.face == command::Face::search) continue;
        const std::string text = option.effect + "; takes " + option.takes;
        options.add_options()(in_kebab_case(option.name).c_str(), po::value<std::string>(),
                              text.c_str());
    }
    return options;
}

Result<Format> read_format(const std::string& name) {
    if (name == "table") return Format::table;
    if (name == "csv") return Format::csv;
    if (name == "ndjson") return Format::ndjson;
    return failure("option --format takes table, csv or ndjson; got \"" + name + '"');
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
    const command::Mode mode = options.config.mode;
    const bool is_baseline = mode == command::Mode::baseline;
    options.format = is_baseline ? Format::csv : Format::table;
    if (given.contains("format")) {
        const auto format = read_format(given["format"].as<std::string>());
        if (!format) return std::unexpected(format.error());
        options.format = *format;
    }
    if (is_baseline && options.format == Format::table) {
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
                                        const command::Setup& setup) {
    po::options_description shown;
    shown.add(scan_options()).add(search_options(setup));
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
    for (const command::Option& option : setup.options) {
        const std::string name = in_kebab_case(option.name);
        if (option.face == command::Face::search || !given->contains(name)) continue;
        const auto& value = (*given)[name].as<std::string>();
        auto set = set_option(option, "--" + name, value, options.config);
        if (!set) return std::unexpected(set.error());
    }
    for (const command::Option& option : setup.options) {
        const std::string name = in_kebab_case(option.name);
        if (option.face == command::Face::search || !given->contains(name)) continue;
        auto fits = check_mode(option, "--" + name, options.config.mode);
        if (!fits) return std::unexpected(fits.error());
    }
    const auto fits = fit_output_to_mode(*given, options);
    if (!fits) return std::unexpected(fits.error());
    return options;
}

std::string scan_help(const command::Setup& setup) {
    std::ostringstream text;
    text
        << "usage: cloudhijack scan [options] PATH...\n\n"
           "Finds hijacked cloud services in CloudTrail files. A PATH is a file, a folder that is\n"
           "read with all below it, or - for standard input. A file holds one JSON record, an "
           "array\n"
           "of them, {\"Records\":[...]}, or records on end, one a line or not, with gzip or "
           "without;\n"
           "its content decides, not its name.\n\n"
        << scan_options() << '\n'
        << search_options(setup)
        << "\nExit: 0, with --fail-on-findings 1 when there are any; 2 after an error, told on\n"
           "standard error with the file and the place. What could be read is reported all the "
           "same.\n\n"
           "Examples:\n"
           "  cloudhijack scan AWSLogs/\n"
           "  cloudhijack scan --mode hunt --baseline usual.csv AWSLogs/\n"
           "  cloudhijack scan --span 10m --min-score 3 --format ndjson trail.json.gz\n"
           "  aws cloudtrail lookup-events --output json | cloudhijack scan -\n";
    return text.str();
}

}  // namespace cloudhijack::scan
