#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// Twilio's audit log, the events of Monitor: the changes that users and keys make in an account.
const Log& twilio();

/// The CloudEvents that Event Streams deliver: messages as they are sent, including those of
/// Verify, and errors.
const Log& twilio_streams();

/// Messages, as the REST API returns them.
const Log& twilio_messages();

}  // namespace cloudhijack::log
