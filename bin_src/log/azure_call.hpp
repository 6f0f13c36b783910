#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log.hpp"

namespace cloudhijack::log {

// Functions that Azure's logs share. Azure writes the same name in different cases, so names are
// compared without regard to case.

/// Whether a text contains another text, which is given in lower case.
bool holds_in_any_case(std::string_view text, std::string_view lower);

/// The part of an id or a URL that follows `before`, up to the next slash or question mark, in
/// lower case: the subscription after `/subscriptions/`, the account's name after `/accounts/`.
/// Empty if the text does not contain `before`.
std::string_view part_of_id(std::string_view resource_id, std::string_view before,
                            EventTexts& texts);

/// The error code of a status, which is a number or a word such as `Forbidden`; empty for 200 to
/// 299. A missing status is not a success.
std::string_view error_of_status(std::string_view status);

/// Normalises the account, address, region and caller. If there is no caller, anyone who has a key
/// of `resource` may have made the call.
void complete_azure_caller(Event& event, std::string_view resource, EventTexts& texts);

/// Assigns an event that counts tokens to `resource` instead of a caller, as it does not say who
/// called.
void make_token_note(Event& event, std::string_view resource, EventTexts& texts);

/// The id if it distinguishes records; empty for an id of zeros, which means that there is none.
std::string_view usable_azure_id(const Event& event);

/// Interprets an event that its log has completed: the caller and the outcome.
Call interpret_azure_call(const Event& event);

/// Reads the details of a call.
CallDetails read_azure_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

/// See Log::stop.
std::vector<std::string> stop_azure_principal(const Suspect& suspect);

}  // namespace cloudhijack::log
