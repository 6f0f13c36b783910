#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::output {

// The exit codes of the command line; documented in the help and in README.md.
inline constexpr int k_exit_ok = 0;
inline constexpr int k_exit_findings = 1;  ///< with --fail-on-findings
inline constexpr int k_exit_error = 2;
inline constexpr int k_exit_signal = 128;  ///< plus the number of the signal that stopped a scan

/// Writes a text to standard output and returns the exit code. A reader that has closed its end is
/// not an error.
int print(std::string_view text);

/// Writes a message, after the program's name, to standard error in a form that is safe for a
/// terminal.
void print_message(std::string_view text);

/// Writes an error message, or several, and returns the exit code.
int print_error(std::string_view text);
int print_errors(std::span<const std::string> texts);

}  // namespace cloudhijack::output
