#include "scan/scan_options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <span>
#include <sstream>

namespace cloudhijack::scan {
namespace {

namespace po = boost::program_options;

po::options_description described(const char* caption, std::span<const ShownOption> shown) {
    po::options_description options(caption);
    for (const ShownOption& option : shown) {
        const std::string names = option.names();
        if (option.takes_value) {
            options.add_options()(names.c_str(), po::value<std::string>(), option.text().c_str());
        } else {
            options.add_options()(names.c_str(), option.text().c_str());
        }
    }
    return options;
}

}  // namespace

std::string ShownOption::names() const { return letter == '\0' ? name : name + ',' + letter; }

std::string ShownOption::text() const {
    return takes.empty() ? effect : effect + "; accepts " + takes;
}

std::vector<ShownOption> own_options() {
    using config::CompletionKind;
    return {
        {.name = "help",
         .effect = "show this text",
         .takes = {},
         .takes_value = false,
         .letter = 'h'},
        {.name = "format",
         .effect = "output format: table, csv or ndjson (default: table; csv in mode baseline)",
         .takes = {},
         .completion = {.kind = CompletionKind::word,
                        .words = {k_format_names.begin(), k_format_names.end()}}},
        {.name = "raw-csv",
         .effect = "csv: leave cells that begin with = + - @ as they are",
         .takes = {},
         .takes_value = false},
        {.name = "fail-on-findings",
         .effect = "exit with 1 if there are findings",
         .takes = {},
         .takes_value = false},
        {.name = "config",
         .effect = "cloudhijack.conf to read over the built-in one",
         .takes = {},
         .completion = {.kind = CompletionKind::file, .words = {}}},
        {.name = "threads",
         .effect = "number of threads that read (default: all cores)",
         .takes = {}},
    };
}

std::string shell_name(const config::Option& option) {
    std::string name = option.name;
    std::ranges::replace(name, '_', '-');
    return name;
}

std::vector<ShownOption> finding_options(const config::Setup& setup) {
    std::vector<ShownOption> shown;
    for (const config::Option& option : setup.options) {
        if (option.interface == config::Interface::search) continue;
        shown.push_back({.name = shell_name(option),
                         .effect = option.effect,
                         .takes = option.accepts(),
                         .completion = option.completion});
    }
    return shown;
}

std::string scan_purpose() {
    return "Finds hijacked cloud services in log files of AWS, Azure, Google Cloud, SendGrid and "
           "Twilio. "
           "A PATH\n"
           "is a file, a folder that is read with everything below it, or - for standard input. A "
           "file\n"
           "holds one JSON record, an array of them, {\"Records\":[...]}, or consecutive records, "
           "one\n"
           "per line or not, with gzip or without, also gzip inside gzip; its content decides, not "
           "its\n"
           "name. Files of other formats that can hold logs (zip, zstd, tar, Parquet, CSV and "
           "others)\n"
           "are errors; other files in a folder are skipped.\n";
}

std::string scan_exit_codes() {
    return "0, with --fail-on-findings 1 when there are any; 2 after an error, told on\n"
           "standard error with the file and the place, and if nothing could be read. What could "
           "be read\n"
           "is reported all the same. After SIGINT (Ctrl-C) 130, after SIGTERM 143, after SIGHUP "
           "129: what\n"
           "was read until then is reported, except by --mode baseline; a second signal ends it at "
           "once.\n";
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
         << described("What to find", finding_options(setup)) << "\nExit: " << scan_exit_codes()
         << "\nExamples:\n";
    for (const std::string& example : scan_examples()) text << "  " << example << '\n';
    return text.str();
}

}  // namespace cloudhijack::scan
