#pragma once

#include <array>
#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"

namespace cloudhijack::log {

/// How the sources of AWS's calls end, and the names of its services.
inline constexpr std::array<std::string_view, 2> k_aws_sources = {".amazonaws.com",
                                                                  ".amazonaws.com.cn"};

/// Who made a call of AWS, how it ended and what is known of its caller, in CloudTrail's terms,
/// whichever log it comes from.
Call interpret_aws_call(const Event& event);

/// The account in which it was made.
std::string_view aws_account_of(const Event& event);

}  // namespace cloudhijack::log
