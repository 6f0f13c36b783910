#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"
#include "log/call_filter.hpp"
#include "log/record_reader.hpp"

namespace cloudhijack::log {

/// The values that the program derives from a record.
struct ReadCall {
    std::string log = {};  ///< the log's id, or why the text is not a record
    std::string source = {};
    std::string name = {};
    std::string time = {};
    std::string account = {};
    std::string caller = {};
    std::string caller_type = {};
    std::string address = {};
    std::string agent = {};
    std::string region = {};
    std::string id = {};
    Outcome outcome = Outcome::ok;
    bool one_actor = true;
    bool has_usable_id = false;
    bool is_data_event = false;
    unsigned messages = 0;
    std::string country = {};
    Spend spend = {};
    std::string model = {};
    bool suspends_account = false;
    std::vector<std::string> subjects = {};  ///< subjects of kind thing
    std::vector<std::string> key_holders = {};
    std::string all_texts = {};  ///< all texts of the event except the record itself
};

inline std::string all_texts_of(const Event& event) {
    std::string texts;
    for (const std::string_view text :
         {event.time_text,     event.source,      event.name,           event.error_code,
          event.error_message, event.id,          event.correlation,    event.category,
          event.account,       event.caller_type, event.caller,         event.caller_id,
          event.caller_alias,  event.access_key,  event.source_address, event.user_agent,
          event.region,        event.product,     event.resource,       event.called_address,
          event.result,        event.setting,     event.country}) {
        texts.append(text).append(1, '\n');
    }
    return texts;
}

/// The calls in a text, in order.
inline std::vector<ReadCall> read_calls(const std::string& text) {
    const CallFilter filter(json::NameKey(), {});
    RecordReader reader(all_logs(), filter);
    CallDetailsReader details_reader;
    const std::string padded = text + std::string(io::k_padding, ' ');
    std::vector<ReadCall> calls;
    const auto failed = [&calls](std::string_view why) {
        calls.push_back({.log = std::string(why)});
    };
    reader.read(
        {.text = std::string_view(padded).substr(0, text.size())},
        {.take =
             [&](const Event& event) {
                 const Call call = event.log->interpret(event);
                 const CallDetails details = details_reader.read(event, topic_of(event.name));
                 ReadCall read{.log = std::string(event.log->id),
                               .source = std::string(event.source),
                               .name = std::string(event.name),
                               .time = event.time() ? text::to_utc(*event.time()) : "",
                               .account = std::string(call.principal.account),
                               .caller = call.principal.joined().name,
                               .caller_type = std::string(event.caller_type),
                               .address = std::string(event.source_address),
                               .agent = std::string(event.user_agent),
                               .region = std::string(event.region),
                               .id = std::string(event.id),
                               .outcome = call.outcome,
                               .one_actor = call.principal.one_actor,
                               .has_usable_id = !event.log->usable_id(event).empty(),
                               .is_data_event = call.is_data_event,
                               .messages = details.messages,
                               .country = std::string(details.country),
                               .spend = details.spend,
                               .model = std::string(details.model),
                               .suspends_account = details.suspends_account,
                               .all_texts = all_texts_of(event)};
                 for (const CallSubject& subject : details.subjects) {
                     auto& texts =
                         subject.kind == SubjectKind::key_holder ? read.key_holders : read.subjects;
                     texts.emplace_back(subject.text);
                 }
                 calls.push_back(std::move(read));
             },
         .skip = [&failed](const LostPart& part) { failed(part.why); },
         .miss = [&failed](std::string_view) { failed("none"); },
         .pass_over = [&failed] { failed("passed over"); }});
    return calls;
}

/// The only call in a text.
inline ReadCall read_call(const std::string& text) {
    auto calls = read_calls(text);
    return calls.size() == 1 ? calls.front()
                             : ReadCall{.log = std::to_string(calls.size()) + " calls"};
}

/// A text with one part replaced.
inline std::string with_part(std::string text, const std::string& part,
                             const std::string& replacement) {
    return text.replace(text.find(part), part.size(), replacement);
}

}  // namespace cloudhijack::log
