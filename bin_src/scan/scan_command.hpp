#pragma once

#include "config/arguments.hpp"

namespace cloudhijack::scan {

/// `cloudhijack scan`: reads files, writes findings to standard output and the rest to standard
/// error, and returns the exit code.
int run_scan(config::Arguments arguments);

}  // namespace cloudhijack::scan
