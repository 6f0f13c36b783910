#pragma once

#include <array>
#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"

namespace cloudhijack::log {

/// How the sources of AWS's calls end, and the names of its services.
inline constexpr std::array<std::string_view, 2> k_aws_sources = {".amazonaws.com",
                                                                  ".amazonaws.com.cn"};

/// Who made a call of AWS, how it ended and what is known of its caller, in CloudTrail's terms,
/// whichever log it comes from.
Call interpret_aws_call(const Event& event);

/// Makes of what the record says who called, where the record itself leaves that open: the role of
/// a session without an issuer, whose ARN names it without its path, and the name of Identity
/// Center's user.
void complete_aws_call(Event& event, EventTexts& texts);

/// The `eventID`, which is a UUID, else the `requestID`, which is in all records of one call.
std::string_view usable_aws_id(const Event& event);

/// Whether the event only repeats calls: those of network activity and insights do. A call that an
/// endpoint's policy denied is in no other event.
bool is_aws_report(const Event& event);

/// The account in which it was made.
std::string_view aws_account_of(const Event& event);

}  // namespace cloudhijack::log
