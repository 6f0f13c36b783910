#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::scan {

// What a shell is told; documented in the help and in README.md.
inline constexpr int k_exit_ok = 0;
inline constexpr int k_exit_findings = 1;  ///< with --fail-on-findings
inline constexpr int k_exit_error = 2;

/// Writes a text that a shell asked for to standard output, and returns the exit code: a reader
/// that has gone is no error.
int print(std::string_view text);

/// `cloudhijack scan`: reads files, writes findings to standard output and the rest to standard
/// error, and returns the exit code.
int run_scan(std::span<const std::string> arguments);

/// `cloudhijack check-config [--terms] [FILE]`: checks the installed cloudhijack.conf, or FILE over
/// the built-in one. `--terms` prints only what the app's macro searches for.
int run_check_config(std::span<const std::string> arguments);

}  // namespace cloudhijack::scan
