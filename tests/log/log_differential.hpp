#pragma once

#include <string>
#include <string_view>

#include "log/log.hpp"

namespace cloudhijack::log {

/// Reads a record by the paths of a log, with the event reader and with a plain twin on nlohmann's
/// JSON, which looks every path up by itself, and compares. Empty where they agree or the twin
/// cannot read the record, else what differs. What the log completes is not asked for.
std::string log_difference(const Log& log, std::string_view record);

}  // namespace cloudhijack::log
