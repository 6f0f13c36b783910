#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// Calls of models in Azure OpenAI, as diagnostic settings deliver them.
const Log& azure_openai();

/// The same calls as a gateway of API Management logs them.
const Log& azure_gateway();

/// Azure's activity log: operations on resources, such as on their keys and deployments.
const Log& azure_activity();

}  // namespace cloudhijack::log
