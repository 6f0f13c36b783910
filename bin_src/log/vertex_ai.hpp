#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// Google Cloud's audit logs: calls of models in Vertex AI, and calls that prepare or hide them.
const Log& vertex_ai();

}  // namespace cloudhijack::log
