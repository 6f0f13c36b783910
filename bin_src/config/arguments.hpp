#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/positional_options.hpp>
#include <boost/program_options/variables_map.hpp>
#include <span>
#include <string>

#include "result.hpp"

/// Reads the arguments of the command line's verbs, `scan` and `check-config`.
namespace cloudhijack::config {

/// Whether `--help` or `-h` is among the options, even if other arguments are wrong.
bool asks_for_help(std::span<const std::string> arguments);

/// The first value of an option that decides which other options exist; empty if it is not given.
/// `name` has no dashes. The error describes a mistake in the arguments.
Result<std::string> find_value(std::span<const std::string> arguments, const char* name);

/// Parses all arguments. Option names must not be abbreviated. The error describes the mistake.
Result<boost::program_options::variables_map> parse_arguments(
    std::span<const std::string> arguments,
    const boost::program_options::options_description& options,
    const boost::program_options::positional_options_description& positional);

}  // namespace cloudhijack::config
