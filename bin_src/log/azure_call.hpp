#pragma once

#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log.hpp"

namespace cloudhijack::log {

// What Azure's logs have in common. They write one name in several cases, so names are compared
// without it.

/// Whether a text holds another, which is in lower case.
bool holds_in_any_case(std::string_view text, std::string_view lower);

/// What stands in a resource's id behind a part of it, up to the next slash, in lower case: behind
/// `/subscriptions/` the subscription, behind `/accounts/` the account's name. Empty if there is
/// none.
std::string_view part_of_id(std::string_view resource_id, std::string_view behind,
                            EventTexts& texts);

/// Sets the error code by a status, which is a number or a word such as `Forbidden`: none for what
/// succeeded.
void set_status(Event& event, std::string_view status);

/// Puts right account, address and caller. Without a caller, the one who called is whoever has a
/// key of `resource`.
void complete_azure_caller(Event& event, std::string_view resource, EventTexts& texts);

/// Whether an id tells records apart: it is there, and not the one of zeros that stands for none.
bool has_usable_azure_id(const Event& event);

/// Who made a call, and how it ended, of an event that its log has completed.
Call interpret_azure_call(const Event& event);

/// What a call is about.
CallDetails read_azure_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

}  // namespace cloudhijack::log
