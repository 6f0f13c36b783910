#pragma once

#include "config/options.hpp"
#include "config/setup.hpp"
#include "scan/answer_printer.hpp"

namespace cloudhijack::scan {

/// Reads the lookup files that the user named, and reports what is wrong with them. Returns false
/// if one of them cannot be used.
bool take_lookups(const config::Setup& setup, config::Config& config, MessageLog& messages);

}  // namespace cloudhijack::scan
