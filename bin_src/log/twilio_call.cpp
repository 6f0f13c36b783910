#include "log/twilio_call.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "json/json.hpp"
#include "log/calling_codes.hpp"
#include "log/message_count.hpp"
#include "text/bounded_text.hpp"
#include "text/characters.hpp"
#include "text/lower_case.hpp"
#include "text/shell_word.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

// Types of callers, as mode=volume shows them.
constexpr std::string_view k_twilio_user = "TwilioUser";
constexpr std::string_view k_twilio_account = "Account";

struct TwilioError {
    std::string_view code;
    Outcome outcome;
};

// A code that is not in this table means that the call failed in another way.
constexpr auto k_twilio_errors = std::to_array<TwilioError>({
    {.code = "30004", .outcome = Outcome::blocked},    // the recipient blocks messages
    {.code = "30007", .outcome = Outcome::blocked},    // filtered by the carrier
    {.code = "30450", .outcome = Outcome::blocked},    // fraud guard, of messages
    {.code = "60410", .outcome = Outcome::blocked},    // fraud guard, of Verify
    {.code = "21215", .outcome = Outcome::denied},     // country not enabled for calls
    {.code = "21408", .outcome = Outcome::denied},     // country not enabled for messages
    {.code = "13227", .outcome = Outcome::denied},     // country not enabled for a dialled call
    {.code = "32205", .outcome = Outcome::denied},     // country not enabled for SIP
    {.code = "60605", .outcome = Outcome::denied},     // country not enabled for Verify
    {.code = "20003", .outcome = Outcome::denied},     // wrong credentials
    {.code = "20429", .outcome = Outcome::throttled},  // too many requests
    {.code = "30001", .outcome = Outcome::throttled},  // the queue is full
    {.code = "14107", .outcome = Outcome::throttled},  // too many replies
    {.code = "63018", .outcome = Outcome::throttled},  // the channel's limit
});

Outcome outcome_of_twilio(std::string_view code) {
    if (code.empty()) return Outcome::ok;
    const auto* const found = std::ranges::find(k_twilio_errors, code, &TwilioError::code);
    return found == k_twilio_errors.end() ? Outcome::failed : found->outcome;
}

struct ConsoleCountry {
    std::string_view key;      ///< the name in an event's properties
    std::string_view subject;  ///< the text in reasons
};

// According to Twilio's documentation of error 30649, the API ignores requests to enable messages
// to these countries. So the person who enabled them could log in to the Console, for which a
// stolen key is not enough.
constexpr auto k_console_countries = std::to_array<ConsoleCountry>({
    {.key = "algeria", .subject = "algeria (which needs a login to the Console, not a key)"},
    {.key = "azerbaijan", .subject = "azerbaijan (which needs a login to the Console, not a key)"},
    {.key = "bangladesh", .subject = "bangladesh (which needs a login to the Console, not a key)"},
    {.key = "israel", .subject = "israel (which needs a login to the Console, not a key)"},
    {.key = "nigeria", .subject = "nigeria (which needs a login to the Console, not a key)"},
    {.key = "oman", .subject = "oman (which needs a login to the Console, not a key)"},
    {.key = "pakistan", .subject = "pakistan (which needs a login to the Console, not a key)"},
    {.key = "palestinian_territories",
     .subject = "palestinian_territories (which needs a login to the Console, not a key)"},
    {.key = "sri_lanka", .subject = "sri_lanka (which needs a login to the Console, not a key)"},
    {.key = "tajikistan", .subject = "tajikistan (which needs a login to the Console, not a key)"},
    {.key = "tunisia", .subject = "tunisia (which needs a login to the Console, not a key)"},
});

bool is_about_countries(std::string_view call_name) {
    return call_name.starts_with("sms-geographic-permissions.") ||
           call_name.starts_with("voice-geographic-permissions.");
}

// Whether the property of a country says that it was enabled: `{"updated":"enabled"}`.
bool is_enabled(simdjson::ondemand::value property) {
    simdjson::ondemand::object object;
    bool enabled = false;
    if (property.get_object().get(object)) return false;
    const auto error = json::for_each_member(
        object, [&enabled](std::string_view key, simdjson::ondemand::value value) {
            if (key == "updated") enabled = text::same_in_any_case(json::text_of(value), "enabled");
        });
    return !error && enabled;
}

// Adds the countries that a change of permissions enables, up to a limit: a change can name all
// countries.
void add_countries(const Event& event, DetailsScratch& scratch) {
    constexpr std::size_t most = 16;
    simdjson::ondemand::document document;
    simdjson::ondemand::object object;
    if (json::parse_object(*scratch.parser, event.rest, document, object)) return;
    const bool is_of_messages = event.name.starts_with("sms-");
    static_cast<void>(json::for_each_member(object, [&](std::string_view key,
                                                        simdjson::ondemand::value property) {
        if (!is_enabled(property)) return true;
        const auto* const found = std::ranges::find(k_console_countries, key, &ConsoleCountry::key);
        const bool needs_console = is_of_messages && found != k_console_countries.end();
        scratch.subjects.push_back(
            {.kind = SubjectKind::thing, .text = needs_console ? found->subject : key});
        return scratch.subjects.size() < most;
    }));
}

}  // namespace

void make_account_call(Event& event, EventTexts& texts) {
    event.caller = texts.next() =
        account_principal(event.account.empty() ? text::k_unknown : event.account);
    event.caller_type = k_twilio_account;
}

void complete_country(Event& event) {
    const std::string_view country = country_of_number(event.country);
    // Without a phone number, the mobile country code is the best indication of the country. Any
    // other text could be a recipient's number and is dropped.
    const bool is_code =
        std::ranges::all_of(event.region, text::is_digit) && event.region.size() < 4;
    if (!is_code) event.region = {};
    event.country = country.empty() ? event.region : country;
    event.region = event.country;
}

void complete_error(Event& event) {
    if (event.error_code == "0") event.error_code = {};
}

std::string_view usable_twilio_id(const Event& event) { return text::nonzero_id(event.id); }

Call interpret_twilio_call(const Event& event) {
    const bool is_user = event.caller_type == k_twilio_user;
    Call call{.principal = {.account = event.account.empty() ? text::k_unknown : event.account,
                            .name = event.caller,
                            .person = {},
                            .one_actor = is_user}};
    call.outcome = outcome_of_twilio(event.error_code);
    call.is_data_event = event.source != "twilio";
    call.credentials.add(CredentialSign::anywhere);
    return call;
}

CallDetails read_twilio_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    CallDetails details;
    details.messages = believed_messages(event.message_count);
    details.country = event.country;
    details.spend = spend_of(event);
    scratch.subjects.clear();
    if (topic == CallTopic::key_read) {
        // A new key works for the whole account, and the records of messages name only the account.
        if (!event.account.empty()) {
            scratch.joined = account_principal(event.account);
            scratch.subjects.push_back({.kind = SubjectKind::key_holder, .text = scratch.joined});
        }
    } else if (is_about_countries(event.name)) {
        add_countries(event, scratch);
    } else if (!event.resource.empty() && !event.name.ends_with(".deleted")) {
        scratch.subjects.push_back({.kind = SubjectKind::thing, .text = event.resource});
    }
    details.subjects = scratch.subjects;
    return details;
}

std::vector<std::string> stop_twilio_principal(const Suspect& suspect) {
    const std::string account = text::plain_word(suspect.account, "ACCOUNT_SID");
    const std::string credentials = " --user " + account + ":\"$TWILIO_AUTH_TOKEN\" ";
    const auto call = [&credentials](std::string_view method, const std::string& address) {
        return "curl --fail-with-body --request " + std::string(method) + credentials + address;
    };
    const std::string tokens = "https://accounts.twilio.com/v1/AuthTokens/";
    std::vector<std::string> steps;
    if (suspect.caller_type == k_twilio_user) {
        steps.push_back(response_step(
            "Remove the user from the account; the person can no longer log in to the Console",
            "in the Twilio Console, remove " + text::plain_word(suspect.name, "USER_SID") +
                " under Admin > Account access"));
    }
    steps.push_back(response_step(
        "Delete the API key that is misused; the programs that use it stop",
        call("DELETE",
             "https://api.twilio.com/2010-04-01/Accounts/" + account + "/Keys/API_KEY_SID.json")));
    // An attacker can have made the secondary token, so it is deleted before another one is made.
    steps.push_back(response_step(
        "Replace the auth token of the account, as the last step, since the other commands use it; "
        "programs that use it stop until they have the new one, which the command prints",
        call("DELETE", tokens + "Secondary") + "; " + call("POST", tokens + "Secondary") + " && " +
            call("POST", tokens + "Promote")));
    return steps;
}

}  // namespace cloudhijack::log
