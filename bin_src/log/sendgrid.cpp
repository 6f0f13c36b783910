// SendGrid's mail events, as its Event Webhook and its Email Logs API deliver them. The sender of a
// mail can add keys of any name to a webhook's events, so a key counts only in the events in which
// SendGrid itself writes it.

#include "log/sendgrid.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

#include "log/message_count.hpp"
#include "text/base64.hpp"
#include "text/bounded_text.hpp"
#include "text/characters.hpp"
#include "text/lower_case.hpp"
#include "text/shell_word.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::array k_sendgrid_paths = {
    in_raw_only("event", &Event::name),
    in_raw_only("timestamp", &Event::time_text),
    in_raw_only("sg_event_id", &Event::id),
    in_raw_only("sg_message_id", &Event::correlation),
    in_raw_only("reason", &Event::error_message),
    in_raw_only("type", &Event::result),
    in_raw_only("api_key_id", &Event::access_key),
    in_raw_only("teammate", &Event::caller_alias),
    in_raw_only("client_ip", &Event::source_address),
    in_raw_only("useragent", &Event::user_agent),
    in_raw_only("recipient_count", &Event::message_count),
};

constexpr auto k_sendgrid_sources = std::to_array<std::string_view>({"sendgrid"});

// Types of callers, as mode=volume shows them.
constexpr std::string_view k_sendgrid_key = "SendGridKey";
constexpr std::string_view k_teammate = "Teammate";

constexpr std::string_view k_received = "received";
constexpr std::string_view k_status_change = "account_status_change";

// The error of a blocked mail. An event has no error if SendGrid accepted the mail.
constexpr std::string_view k_mail_blocked = "blocked";

bool recognises_sendgrid(const Event& event) {
    return !event.name.empty() && !(event.id.empty() && event.correlation.empty());
}

// --- the account ---

// Removes the part before the next dash and returns it.
std::string_view take_id_part(std::string_view& id) {
    const std::string_view part = id.substr(0, id.find('-'));
    id.remove_prefix(std::min(id.size(), part.size() + 1));
    return part;
}

bool is_user_number(std::string_view text) {
    constexpr std::size_t longest = 20;
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, text::is_digit);
}

// The number of the account in an event's id, which is `processed-<user>-...`,
// `delivered-<n>-<user>-...`, or, for a change of the account's status, `<user>-terminate-<time>`.
// The ids of other events are random.
std::string_view user_in_id(std::string_view id, std::string_view event_name) {
    const std::string_view first = take_id_part(id);
    std::string_view user;
    if (first == "processed" || first == "drop") {
        user = take_id_part(id);
    } else if (first == "delivered" || first == "bounce" || first == "deferred") {
        take_id_part(id);
        user = take_id_part(id);
    } else if (event_name == k_status_change) {
        user = first;
        const std::string_view change = take_id_part(id);
        const bool is_word = !change.empty() && std::ranges::all_of(change, [](char c) {
            return text::is_letter(c) || c == '_';
        });
        if (!is_word) return {};
    }
    return is_user_number(user) ? user : std::string_view{};
}

std::string_view account_of_id(const Event& event, EventTexts& texts) {
    constexpr std::size_t longest = 200;
    if (event.id.size() > longest) return text::k_unknown;
    const auto id = text::decoded_base64(event.id);
    if (!id) return text::k_unknown;
    const std::string_view user = user_in_id(*id, event.name);
    return user.empty() ? text::k_unknown : std::string_view(texts.next() = user);
}

// --- the call ---

bool holds_words(std::string_view text, std::string_view lower) {
    return !std::ranges::search(text, lower, {}, text::to_lower).empty();
}

// The error that stopped a mail. The reasons of receiving servers can quote addresses, so they are
// not kept.
std::string_view error_of_mail(const Event& event) {
    if (event.name == "dropped") {
        const bool is_blocked = holds_words(event.error_message, "spam content") ||
                                holds_words(event.error_message, "package quota");
        return is_blocked ? k_mail_blocked : event.name;
    }
    if (event.name == "bounce") {
        return text::in_lower_case(event.result).starts_with("block") ? k_mail_blocked : event.name;
    }
    return {};
}

// Sets the caller: the key or teammate that submitted the mail, as Email Logs show in the event of
// its receipt; otherwise the account.
void complete_sender(Event& event, EventTexts& texts) {
    const bool is_received = event.name == k_received;
    if (is_received && !event.access_key.empty()) {
        event.caller = event.access_key;
        event.caller_type = k_sendgrid_key;
    } else if (is_received && !event.caller_alias.empty()) {
        event.caller = event.caller_alias;
        event.caller_type = k_teammate;
    } else {
        event.caller = texts.next() = account_principal(event.account);
        event.caller_type = "Account";
    }
    event.caller_alias = {};
    if (is_received) return;
    // In other events the address and the agent belong to a mail server or to a reader of the mail.
    event.access_key = event.source_address = event.user_agent = event.message_count = {};
}

void complete_sendgrid(Event& event, EventTexts& texts) {
    event.account = account_of_id(event, texts);
    complete_sender(event, texts);
    event.error_code = error_of_mail(event);
    event.error_message = {};
    if (event.name != k_status_change) event.result = {};
}

std::string_view usable_sendgrid_id(const Event& event) {
    const bool is_placeholder =
        event.id == "sg_event_id" || event.id == "sendgrid_internal_event_id";
    return is_placeholder ? std::string_view{} : text::nonzero_id(event.id);
}

Call interpret_sendgrid_call(const Event& event) {
    Call call{.principal = {.account = event.account,
                            .name = event.caller,
                            .person = {},
                            .one_actor = event.caller_type == k_teammate}};
    if (event.error_code == k_mail_blocked) {
        call.outcome = Outcome::blocked;
    } else if (!event.error_code.empty()) {
        call.outcome = Outcome::failed;
    }
    call.is_data_event = true;
    call.credentials.add(CredentialSign::anywhere);
    return call;
}

// Whether the provider suspended the account with this change of its status.
bool is_suspension(std::string_view change) {
    const std::string lower = text::in_lower_case(change);
    return lower == "compliance_suspend" || lower.starts_with("ban") ||
           lower.starts_with("terminate");
}

CallDetails read_sendgrid_details(const Event& event, CallTopic, DetailsScratch&) {
    CallDetails details;
    details.messages = believed_messages(event.message_count);
    details.suspends_account = event.name == k_status_change && is_suspension(event.result);
    return details;
}

std::vector<std::string> stop_sendgrid_principal(const Suspect& suspect) {
    const auto remove = [](const std::string& what) {
        return "curl --fail-with-body --request DELETE --header \"Authorization: Bearer "
               "$SENDGRID_API_KEY\" "
               "https://api.sendgrid.com/v3/" +
               what;
    };
    if (suspect.caller_type == k_teammate) {
        return {
            response_step("Remove the teammate from the account; the person and the keys that "
                          "act for the person stop",
                          remove("teammates/" + text::plain_word(suspect.name, "USERNAME")))};
    }
    const bool is_key = suspect.caller_type == k_sendgrid_key;
    return {response_step(
        "Delete the API key, which cannot be undone; the programs that use it stop sending mail",
        remove("api_keys/" + text::plain_word(is_key ? suspect.name : "", "API_KEY_ID")))};
}

}  // namespace

const Log& sendgrid() {
    static constexpr Log log = {
        .id = "sendgrid",
        .label = "SendGrid event log",
        .mark = "\"sg_",
        .name_key = {},
        .sources = k_sendgrid_sources,
        .never_shows =
            "who sent mail, with which key and from which address (the Email Logs API shows "
            "it), changes of keys, teammates and senders, mail in sandbox mode",
        .has_addresses = false,
        .counts_once = true,
        .paths = k_sendgrid_paths,
        .recognises = recognises_sendgrid,
        .complete = complete_sendgrid,
        .usable_id = usable_sendgrid_id,
        .interpret = interpret_sendgrid_call,
        .read_details = read_sendgrid_details,
        .stop = stop_sendgrid_principal};
    return log;
}

}  // namespace cloudhijack::log
