#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log.hpp"

namespace cloudhijack::log {

// Functions that Twilio's logs share.

/// Sets the account as the caller: messages do not show which of its keys sent them.
void make_account_call(Event& event, EventTexts& texts);

/// Replaces the phone number in Event::country by its country, which becomes the region, too.
/// Without a number, the region is kept and also becomes the country.
void complete_country(Event& event);

/// Removes an error code that means that there was no error.
void complete_error(Event& event);

/// The id if it distinguishes records; empty for an id of zeros, which means that there is none.
std::string_view usable_twilio_id(const Event& event);

/// Interprets an event that its log has completed: the caller and the outcome.
Call interpret_twilio_call(const Event& event);

/// Reads the details of a call.
CallDetails read_twilio_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

/// See Log::stop.
std::vector<std::string> stop_twilio_principal(const Suspect& suspect);

}  // namespace cloudhijack::log
