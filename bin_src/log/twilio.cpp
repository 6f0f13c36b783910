// Twilio's logs: operations on an account, and the messages that it sends, as Event Streams deliver
// them and as the REST API returns them. Records are read in snake case and in camel case, as the
// REST API and the helper libraries write them.

#include "log/twilio.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "log/twilio_call.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::string_view k_twilio_messages = "twilio-messages";
constexpr std::string_view k_twilio_errors_source = "twilio-errors";

// --- operations on an account ---

constexpr std::array k_monitor_paths = {
    in_raw_only("sid", &Event::id),
    in_raw_only("event_type", &Event::name),
    in_raw_only("eventType", &Event::name),
    in_raw_only("event_date", &Event::time_text),
    in_raw_only("eventDate", &Event::time_text),
    in_raw_only("account_sid", &Event::account),
    in_raw_only("accountSid", &Event::account),
    in_raw_only("actor_sid", &Event::caller),
    in_raw_only("actorSid", &Event::caller),
    in_raw_only("source_ip_address", &Event::source_address),
    in_raw_only("sourceIpAddress", &Event::source_address),
    in_raw_only("resource_sid", &Event::resource),
    in_raw_only("resourceSid", &Event::resource),
    ShapePath{.path = "event_data.resource_properties",
              .holds = Holds::object,
              .field = &Event::rest,
              .in_columns = false},
    ShapePath{.path = "eventData.resource_properties",
              .holds = Holds::object,
              .field = &Event::rest,
              .in_columns = false},
    ShapePath{.path = "eventData.resourceProperties",
              .holds = Holds::object,
              .field = &Event::rest,
              .in_columns = false},
};

constexpr auto k_monitor_sources = std::to_array<std::string_view>({"twilio"});

// Twilio assigns the ids. Those of its events begin with AE.
bool recognises_monitor(const Event& event) {
    return event.id.starts_with("AE") && !event.name.empty();
}

// Only users are people: any other actor is the account itself, or is not named by the record.
void complete_monitor(Event& event, EventTexts& texts) {
    if (event.caller.starts_with("US")) {
        event.caller_type = "TwilioUser";
    } else {
        make_account_call(event, texts);
    }
}

constexpr std::array k_monitor_topics = {
    TopicOfCall{.name = "account-api-keys.created", .topic = CallTopic::key_read},
    TopicOfCall{.name = "account-keys.created", .topic = CallTopic::key_read},
    TopicOfCall{.name = "account-auth-token.created", .topic = CallTopic::key_read},
    TopicOfCall{.name = "account-auth-token.promoted", .topic = CallTopic::key_read},
    TopicOfCall{.name = "account-auth-token.secondary-created", .topic = CallTopic::key_read},
};

// --- messages and errors, as Event Streams deliver them ---

constexpr std::string_view k_cloud_event_prefix = "com.twilio.";

constexpr std::array k_stream_paths = {
    in_raw_only("specversion", &Event::product),
    in_raw_only("type", &Event::name),
    in_raw_only("source", &Event::resource),
    in_raw_only("data^.messageSid", &Event::id),
    in_raw_only("data^.message_sid", &Event::id),
    in_raw_only("id", &Event::id),
    in_raw_only("time", &Event::time_text),
    in_raw_only("data^.timestamp", &Event::time_text),
    in_raw_only("data^.created_at", &Event::time_text),
    in_raw_only("data^.date_created", &Event::time_text),
    in_raw_only("data^.errorCode", &Event::error_code),
    in_raw_only("data^.error_code", &Event::error_code),
    in_raw_only("data^.accountSid", &Event::account),
    in_raw_only("data^.account_sid", &Event::account),
    in_raw_only("data^.numberOfSegments", &Event::message_count),
    in_raw_only("data^.number_segments", &Event::message_count),
    in_raw_only("data^.to", &Event::country),
    in_raw_only("data^.mcc", &Event::region),
};

constexpr auto k_stream_sources =
    std::to_array<std::string_view>({k_twilio_messages, k_twilio_errors_source});

bool recognises_stream(const Event& event) {
    return !event.product.empty() && event.name.starts_with(k_cloud_event_prefix);
}

// The account in a URL's path: `AC1` in `/2010-04-01/Accounts/AC1/Messages/SM1.json`.
std::string_view account_of_address(std::string_view address) {
    constexpr std::string_view before = "/Accounts/";
    const auto found = address.find(before);
    if (found == std::string_view::npos) return {};
    address.remove_prefix(found + before.size());
    return address.substr(0, address.find('/'));
}

/// The parts of a type such as `com.twilio.messaging.message.sent`.
struct CloudEventType {
    explicit CloudEventType(std::string_view type)
        : rest(type.substr(k_cloud_event_prefix.size())),
          product(rest.substr(0, rest.find('.'))),
          state(rest.substr(rest.rfind('.') + 1)) {  // npos + 1 is 0
        std::string_view before = rest.substr(0, rest.size() - state.size());
        if (before.ends_with('.')) before.remove_suffix(1);
        subject = before.substr(before.rfind('.') + 1);
        is_of_verify = rest.contains(".verify.");
    }

    std::string_view rest;      ///< `messaging.message.sent`
    std::string_view product;   ///< `messaging`
    std::string_view state;     ///< `sent`
    std::string_view subject;   ///< `message`
    bool is_of_verify = false;  ///< the event is about a code that Verify sends
};

// Whether the event is a delivery report on a message that another record counts.
bool is_delivery_state(std::string_view state) {
    constexpr auto reports =
        std::to_array<std::string_view>({"queued", "delivered", "undelivered", "read"});
    return std::ranges::find(reports, state) != reports.end();
}

void complete_stream(Event& event, EventTexts& texts) {
    const CloudEventType type(event.name);
    if (event.account.empty()) event.account = account_of_address(event.resource);
    event.resource = {};
    make_account_call(event, texts);
    complete_country(event);
    complete_error(event);
    const bool is_of_message = type.subject == "message" || type.is_of_verify;
    if (is_of_message && type.state == "failed" && event.error_code.empty()) {
        event.error_code = type.state;
    }
    if (type.product == "error-logs") {
        event.source = k_twilio_errors_source;
        const bool is_denied = event.error_code == "20003";
        event.name = is_denied ? type.state : std::string_view{};
    } else if (type.subject == "inbound-message" ||
               (is_of_message && is_delivery_state(type.state))) {
        event.name = {};
    } else if (type.is_of_verify) {
        event.name = texts.next() = "verify-" + std::string(type.state);
    } else {
        // The state of a message is the call's name. States of other things could be mistaken for
        // it, so they keep their whole type.
        event.name = is_of_message ? type.state : type.rest;
    }
}

// --- messages, as the REST API returns them ---

constexpr std::string_view k_message = "message";

constexpr std::array k_message_paths = {
    in_raw_only("sid", &Event::id),
    in_raw_only("account_sid", &Event::account),
    in_raw_only("accountSid", &Event::account),
    in_raw_only("date_sent", &Event::time_text),
    in_raw_only("dateSent", &Event::time_text),
    in_raw_only("date_created", &Event::time_text),
    in_raw_only("dateCreated", &Event::time_text),
    in_raw_only("error_code", &Event::error_code),
    in_raw_only("errorCode", &Event::error_code),
    in_raw_only("num_segments", &Event::message_count),
    in_raw_only("numSegments", &Event::message_count),
    in_raw_only("to", &Event::country),
    in_raw_only("price", &Event::price),
    in_raw_only("price_unit", &Event::currency),
    in_raw_only("priceUnit", &Event::currency),
    in_raw_only("direction", &Event::category),
};

constexpr auto k_message_sources = std::to_array<std::string_view>({k_twilio_messages});

bool recognises_message(const Event& event) {
    return (event.id.starts_with("SM") || event.id.starts_with("MM")) &&
           event.account.starts_with("AC");
}

void complete_message(Event& event, EventTexts& texts) {
    event.name = event.category == "inbound" ? std::string_view{} : k_message;
    make_account_call(event, texts);
    complete_country(event);
    complete_error(event);
}

// The token in Splunk's index for both forms of messages, whose calls have the same source: a
// message of the REST API has the key `sid`, and the type of a CloudEvent contains `twilio`.
std::string token_of_message(std::string_view name) { return name == k_message ? "sid" : "twilio"; }

}  // namespace

const Log& twilio() {
    static constexpr Log log = {
        .id = "twilio",
        .label = "Twilio Monitor log",
        .mark = "\"AE",
        .name_key = {},
        .sources = k_monitor_sources,
        .never_shows = "logins that fail, reads, the key that an API request came with",
        .counts_once = true,
        .paths = k_monitor_paths,
        .recognises = recognises_monitor,
        .complete = complete_monitor,
        .usable_id = usable_twilio_id,
        .interpret = interpret_twilio_call,
        .read_details = read_twilio_details,
        .topics = k_monitor_topics,
        .stop = stop_twilio_principal};
    return log;
}

const Log& twilio_streams() {
    static constexpr Log log = {
        .id = "twilio_streams",
        .label = "Twilio Event Streams",
        .mark = k_cloud_event_prefix,
        .name_key = {},
        .sources = k_stream_sources,
        .never_shows =
            "which key or address sent a message, its price, anything once the sink is "
            "deleted",
        .has_addresses = false,
        .counts_once = true,
        .paths = k_stream_paths,
        .recognises = recognises_stream,
        .complete = complete_stream,
        .usable_id = usable_twilio_id,
        .index_token = token_of_message,
        .interpret = interpret_twilio_call,
        .read_details = read_twilio_details,
        .stop = stop_twilio_principal};
    return log;
}

const Log& twilio_messages() {
    static constexpr Log log = {
        .id = "twilio_messages",
        .label = "Twilio message list",
        .mark = "\"sid",
        .name_key = {},
        .sources = k_message_sources,
        .never_shows = "which key or address sent a message, its price until the carrier answers",
        .has_addresses = false,
        .counts_once = true,
        .shares_ids_with = "twilio_streams",
        .paths = k_message_paths,
        .recognises = recognises_message,
        .complete = complete_message,
        .usable_id = usable_twilio_id,
        .index_token = token_of_message,
        .interpret = interpret_twilio_call,
        .read_details = read_twilio_details,
        .stop = stop_twilio_principal};
    return log;
}

}  // namespace cloudhijack::log
