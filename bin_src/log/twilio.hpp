#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// Twilio's audit log, the events of Monitor: what users and keys change in an account.
const Log& twilio();

/// What Event Streams deliver as CloudEvents: messages as they are sent, also those of Verify, and
/// errors.
const Log& twilio_streams();

/// Messages as the REST API has them.
const Log& twilio_messages();

}  // namespace cloudhijack::log
