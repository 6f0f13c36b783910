#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <span>
#include <string>

#include "result.hpp"

/// How the verbs of the command line, `scan` and `check-config`, read their arguments.
namespace cloudhijack::config {

/// Whether `--help` or `-h` is among the options, whatever the other arguments are.
bool asks_for_help(std::span<const std::string> arguments);

/// The first value of an option that decides which other options there are; empty if it is not
/// given. `name` is without the dashes. The error says what is wrong with the arguments.
Result<std::string> find_value(std::span<const std::string> arguments, const char* name);

/// Parses all arguments. Names of options must be given in full. The error says what is wrong.
Result<boost::program_options::variables_map> parse_arguments(
    std::span<const std::string> arguments,
    const boost::program_options::options_description& options,
    const boost::program_options::positional_options_description& positional);

}  // namespace cloudhijack::config
