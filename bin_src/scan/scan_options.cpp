#include "scan/scan_options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <span>
#include <sstream>

#include "scan/time_range.hpp"

namespace cloudhijack::scan {
namespace {

namespace po = boost::program_options;

po::options_description described(const char* caption, std::span<const ShownOption> shown) {
    po::options_description options(caption);
    for (const ShownOption& option : shown) {
        const std::string names = option.names();
        if (option.has_value()) {
            options.add_options()(names.c_str(),
                                  po::value<std::string>()->value_name(option.value_name),
                                  option.text().c_str());
        } else {
            options.add_options()(names.c_str(), option.text().c_str());
        }
    }
    return options;
}

/// The parts of a help text.
struct HelpParts {
    std::string usage;
    std::string purpose;
    std::vector<ShownOption> own;
    std::vector<ShownOption> finding;
    std::string exit_codes;
    std::vector<std::string> examples;
};

std::string help_text(const HelpParts& parts) {
    std::ostringstream text;
    text << "usage: " << parts.usage << "\n\n"
         << parts.purpose << '\n'
         << described("General options", parts.own) << '\n'
         << described("Detection options", parts.finding) << "\nExit status: " << parts.exit_codes
         << "\nExamples:\n";
    for (const std::string& example : parts.examples) text << "  " << example << '\n';
    return text.str();
}

std::vector<ShownOption> without_counting(std::vector<ShownOption> options) {
    std::erase_if(options, [](const ShownOption& option) {
        return option.step == config::OptionStep::count;
    });
    return options;
}

}  // namespace

std::string ShownOption::names() const { return letter == '\0' ? name : name + ',' + letter; }

std::string ShownOption::text() const {
    return takes.empty() ? effect : effect + "; accepts " + takes;
}

std::vector<ShownOption> own_options() {
    using config::CompletionKind;
    using config::OptionStep;
    return {
        {.name = "help", .effect = "show this help", .letter = 'h'},
        {.name = "format",
         .effect = "output format: table, csv, ndjson, or html, a page to look at (default: table; "
                   "csv in mode "
                   "baseline)",
         .value_name = "FORMAT",
         .completion = {.kind = CompletionKind::word,
                        .words = {k_format_names.begin(), k_format_names.end()}},
         .step = OptionStep::answer},
        {.name = "output",
         .effect = "write the answer to FILE, which appears only once it is complete (default: "
                   "standard output)",
         .value_name = "FILE",
         .completion = {.kind = CompletionKind::file, .words = {}},
         .letter = 'o'},
        {.name = "from",
         .effect = "count only events from this time on",
         .value_name = "WHEN",
         .takes = std::string(k_when),
         .step = OptionStep::count},
        {.name = "to",
         .effect = "count only events before this time; see --from",
         .value_name = "WHEN",
         .step = OptionStep::count},
        {.name = "raw-csv",
         .effect = "csv: write cells that begin with = + - @ unchanged",
         .step = OptionStep::answer},
        {.name = "fail-on-findings",
         .effect = "exit with status 1 if there are findings",
         .step = OptionStep::answer},
        {.name = "partial", .effect = "write a state instead of an answer, for cloudhijack merge"},
        {.name = "config",
         .effect = "cloudhijack.conf whose settings override the built-in ones",
         .value_name = "FILE",
         .completion = {.kind = CompletionKind::file, .words = {}}},
        {.name = "settings",
         .effect = "settings over those of cloudhijack.conf: a CSV with the columns stanza, key, "
                   "value",
         .value_name = "FILE",
         .completion = {.kind = CompletionKind::file, .words = {}}},
        {.name = "threads",
         .effect = "number of threads that read files (default: one per core)",
         .value_name = "N",
         .step = OptionStep::count},
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
                         .value_name = option.value_name,
                         .takes = option.accepts(),
                         .completion = option.completion,
                         .can_repeat = option.can_repeat,
                         .step = option.step});
    }
    return shown;
}

std::string scan_purpose() {
    return "Finds hijacked cloud services in log files of AWS, Azure, Google Cloud, SendGrid and "
           "Twilio.\n"
           "A PATH is a file, a folder, which is read with all its subfolders, or - for standard "
           "input.\n"
           "A file holds one JSON record, an array of records, {\"Records\":[...]}, or consecutive "
           "records,\n"
           "one per line or not. It can be compressed with gzip or zstd, even more than once. Its "
           "content\n"
           "decides how it is read, not its name. Files in other formats that can hold logs (zip, "
           "tar,\n"
           "Parquet, CSV and others) are errors; other files in a folder are skipped.\n";
}

std::string scan_exit_codes() {
    return "0 on success; 1 if there are findings and --fail-on-findings is given; 2 after an\n"
           "error, and if nothing could be read. Errors are printed on standard error, with the "
           "file and the\n"
           "place in it, and the records that could be read are still reported. After SIGINT "
           "(Ctrl-C) 130,\n"
           "after SIGTERM 143, after SIGHUP 129: the scan reports what it has read so far, "
           "except with\n"
           "--mode baseline; a second signal ends it at once.\n";
}

std::vector<std::string> scan_examples() {
    return {"cloudhijack scan AWSLogs/",
            "cloudhijack scan --mode hunt --from 7d AWSLogs/",
            "cloudhijack scan --mode hunt --baseline usual.csv AWSLogs/",
            "cloudhijack scan --mode hunt --format html -o report.html AWSLogs/",
            "cloudhijack scan --span 10m --min-score 3 --format ndjson trail.json.gz",
            "aws cloudtrail lookup-events --output json | cloudhijack scan -"};
}

std::string scan_help(const config::Setup& setup) {
    return help_text({.usage = "cloudhijack scan [options] PATH...",
                      .purpose = scan_purpose(),
                      .own = own_options(),
                      .finding = finding_options(setup),
                      .exit_codes = scan_exit_codes(),
                      .examples = scan_examples()});
}

std::vector<ShownOption> own_merge_options() {
    std::vector<ShownOption> options = without_counting(own_options());
    options.push_back({.name = "allow-overlap",
                       .effect =
                           "accept states that contain the same inputs, which then count more "
                           "than once"});
    return options;
}

std::vector<ShownOption> merge_finding_options(const config::Setup& setup) {
    return without_counting(finding_options(setup));
}

std::string merge_purpose() {
    return "Adds the states that cloudhijack scan --partial has written, of any number of runs, "
           "machines\n"
           "and days, and prints the answer that one scan of all their inputs would print.\n"
           "A STATE is a file, or - for standard input. It can be compressed with gzip or zstd, "
           "and a file can\n"
           "hold several states, one after the other. The states decide on the mode and the span; "
           "states of\n"
           "mode hunt answer --mode baseline, too. Use the --config and --settings with which they "
           "were made.\n";
}

std::string merge_exit_codes() {
    return "0 on success; 1 if there are findings and --fail-on-findings is given; 2 after an\n"
           "error, also after an error in one of the scans, which is printed again. If a state "
           "cannot be\n"
           "used, there is no answer. After SIGINT (Ctrl-C) 130, after SIGTERM 143, after SIGHUP "
           "129.\n";
}

std::vector<std::string> merge_examples() {
    return {"cloudhijack merge --baseline usual.csv monday.state tuesday.state",
            "cloudhijack merge --mode baseline -o usual.csv weeks/*.state",
            "cloudhijack merge --partial -o monday.state monday/*.state",
            "ssh archive cloudhijack scan --partial --mode hunt AWSLogs/ | cloudhijack merge - "
            "here.state"};
}

std::string merge_help(const config::Setup& setup) {
    return help_text({.usage = "cloudhijack merge [options] STATE...",
                      .purpose = merge_purpose(),
                      .own = own_merge_options(),
                      .finding = merge_finding_options(setup),
                      .exit_codes = merge_exit_codes(),
                      .examples = merge_examples()});
}

}  // namespace cloudhijack::scan
