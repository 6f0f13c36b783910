#pragma once

#include "log/log.hpp"

namespace cloudhijack::log {

/// SendGrid's mail events, as its Event Webhook and its Email Logs API deliver them.
const Log& sendgrid();

}  // namespace cloudhijack::log
