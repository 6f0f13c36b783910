#pragma once

#include <string>
#include <vector>

#include "log/suspect.hpp"

namespace cloudhijack::log {

/// See Log::stop; for the logs of AWS.
std::vector<std::string> stop_aws_principal(const Suspect& suspect);

}  // namespace cloudhijack::log
