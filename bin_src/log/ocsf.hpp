#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// CloudTrail's calls in the Open Cybersecurity Schema Framework, as Amazon Security Lake stores
/// them.
const Log& ocsf();

}  // namespace cloudhijack::log
