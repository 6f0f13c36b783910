#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// The log that Amazon Bedrock writes of calls of models, if an account asks for it: who called
/// which model, and the tokens.
const Log& bedrock_invocations();

}  // namespace cloudhijack::log
