#pragma once

#include <string_view>

#include "log/call.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log.hpp"

namespace cloudhijack::log {

// What the forms of Twilio's logs have in common.

/// Makes the caller the account: messages do not show which of its keys sent them.
void make_account_call(Event& event, EventTexts& texts);

/// Replaces the number in Event::country by its country, which is the region, too. Without one the
/// region stays, and counts as the country.
void complete_country(Event& event);

/// Removes an error code that stands for none.
void complete_error(Event& event);

/// The id, if it distinguishes records; empty for one of zeros, which stands for none.
std::string_view usable_twilio_id(const Event& event);

/// Who made a call, and how it ended, of an event that its log has completed.
Call interpret_twilio_call(const Event& event);

/// What a call is about.
CallDetails read_twilio_details(const Event& event, CallTopic topic, DetailsScratch& scratch);

}  // namespace cloudhijack::log
