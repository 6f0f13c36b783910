#pragma once

#include <string>
#include <string_view>

#include "log/log.hpp"

namespace cloudhijack::log {

/// Compares, for a record and the paths of a log, the event reader with a simple twin based on
/// nlohmann's JSON, which looks up each path separately. Empty if they agree or the twin cannot
/// read the record, otherwise a description of the difference. Fields that the log completes are
/// not compared.
std::string log_difference(const Log& log, std::string_view record);

}  // namespace cloudhijack::log
