#pragma once

#include <span>
#include <string>

namespace cloudhijack::scan {

/// `cloudhijack merge`: reads states, writes findings to standard output and the rest to standard
/// error, and returns the exit code.
int run_merge(std::span<const std::string> arguments);

}  // namespace cloudhijack::scan
