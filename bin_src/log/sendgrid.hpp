#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// SendGrid's events of mail, as its Event Webhook and its Email Logs API have them.
const Log& sendgrid();

}  // namespace cloudhijack::log
