#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// The log of model invocations that Amazon Bedrock writes if an account enables it: who called
/// which model, and the tokens.
const Log& bedrock_invocations();

}  // namespace cloudhijack::log
