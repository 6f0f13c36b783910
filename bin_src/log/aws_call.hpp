#pragma once

#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"

namespace cloudhijack::log {

/// Who made a call of AWS, how it ended and what is known of its caller, in CloudTrail's terms,
/// whichever log it comes from.
Call interpret_aws_call(const Event& event);

/// The account in which it was made.
std::string_view aws_account_of(const Event& event);

}  // namespace cloudhijack::log
