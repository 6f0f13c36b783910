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

/// The part of an id, or of an address, that follows `before`, up to the next slash or question
/// mark, in lower case: after `/subscriptions/` the subscription, after `/accounts/` the account's
/// name. Empty if there is none.
std::string_view part_of_id(std::string_view resource_id, std::string_view before,
                            EventTexts& texts);

/// The error code that a status stands for, which is a number or a word such as `Forbidden`: empty
/// for 200 to 299. A status that is missing is no success.
std::string_view error_of_status(std::string_view status);

/// Puts right account, address, region and caller. Without a caller, anybody with a key of
/// `resource` may have called.
void complete_azure_caller(Event& event, std::string_view resource, EventTexts& texts);

/// Makes an event that counts tokens of `resource` one of nobody's: it does not say who called.
void make_token_note(Event& event, std::string_view resource, EventTexts& texts);

/// The id, if it distinguishes records; empty for one of zeros, which stands for none.
std::string_view usable_azure_id(const Event& event);

/// Who made a call, and how it ended, of an event that its log has completed.
Call interpret_azure_call(const Event& event);

/// What a call is about.
CallDetails read_azure_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

}  // namespace cloudhijack::log
