#pragma once

#include <boost/program_options/variables_map.hpp>
#include <expected>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "config/setup.hpp"
#include "result.hpp"
#include "scan/answer_printer.hpp"
#include "scan/scan_options.hpp"
#include "scan/time_range.hpp"

namespace cloudhijack::scan {

/// The settings of a scan, checked and complete.
struct ScanJob {
    std::vector<std::string> paths;  ///< never empty
    AnswerForm form;
    bool partial = false;  ///< writes a state instead of an answer
    unsigned threads = 1;
    TimeRange range;
    config::Config config;
    config::Setup setup;
};

/// `--help`: the text to print.
struct Help {
    std::string text;
};

/// Parses the arguments of `cloudhijack scan`. The error is the messages about mistakes in them or
/// in the configuration that they name.
std::expected<std::variant<ScanJob, Help>, config::Messages> read_command_line(
    std::span<const std::string> arguments);

// The steps of reading a command line, which merge shares. Each error describes a mistake.

using GivenOptions = boost::program_options::variables_map;

/// Parses the arguments, which may have any of the options. Other arguments are values of `path`.
Result<GivenOptions> parse_options(std::span<const std::string> arguments,
                                   const std::vector<ShownOption>& own, const config::Setup& setup);

/// The configuration that the arguments of a verb name, as the options depend on it.
std::expected<config::Setup, config::Messages> read_named_setup(
    std::span<const std::string> arguments, const std::string& verb);

/// A message about a mistake in the arguments of a verb, with a pointer to its help.
config::Messages with_hint(const std::string& error, const std::string& verb);

/// An error if an option is given that acts in this step alone. `remedy` says where it belongs.
Result<> check_step(const GivenOptions& given, const config::Setup& setup, config::OptionStep step,
                    const std::string& remedy);

/// Sets the options of a search that are given, and returns them. The mode can follow options that
/// depend on it, so all options are set before check_modes().
Result<std::vector<const config::Option*>> set_options(const GivenOptions& given,
                                                       const config::Setup& setup,
                                                       config::Config& config);
Result<> check_modes(std::span<const config::Option* const> set, config::Mode mode);

/// Reads the options that say how the answer is printed. Their defaults and allowed values depend
/// on the mode.
Result<AnswerForm> read_form(const GivenOptions& given, config::Mode mode);

}  // namespace cloudhijack::scan
