#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

const Log& cloudtrail();

}  // namespace cloudhijack::log
