#pragma once

#include <array>
#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"

namespace cloudhijack::log {

/// The suffixes of the sources of AWS's calls and of the names of its services.
inline constexpr std::array<std::string_view, 2> k_aws_sources = {".amazonaws.com",
                                                                  ".amazonaws.com.cn"};

/// Interprets an AWS call in CloudTrail's terms, whichever log it comes from: the caller, the
/// outcome and the facts about the caller.
Call interpret_aws_call(const Event& event);

/// Completes the caller if the record names it only indirectly: the role of a session without an
/// issuer, taken from the session's ARN and so without its path, and the name of an Identity Center
/// user.
void complete_aws_call(Event& event, EventTexts& texts);

/// The `eventID` if it is a UUID, otherwise the `requestID`, which all records of one call share.
std::string_view usable_aws_id(const Event& event);

/// Whether the event only repeats calls that other events show, as network activity and insight
/// events do. A call denied by an endpoint's policy is the exception: no other event shows it.
bool is_aws_report(const Event& event);

/// The account in which the call was made.
std::string_view aws_account_of(const Event& event);

}  // namespace cloudhijack::log
