#pragma once

#include <array>
#include <string_view>

#include "log/cloudtrail.hpp"
#include "log/log_set.hpp"
#include "text/bounded_text.hpp"

// A log that exists only in tests: calls of a printing house, whose ledger is a stream of
// {"ledger_id":"7","at":"...","verb":"print","clerk":{"name":"ann"},"house":"h1",
// "from":"2001:db8::1","refused":"no paper","order":{...}}, or lists of them under "records". It
// shows what a log comes to. The house sends its entries again and again, and those without a
// number have the id 0.
namespace cloudhijack::log {

inline constexpr std::array k_ledger_paths = {
    ShapePath{.path = "ledger_id", .field = &Event::id},
    ShapePath{.path = "at", .field = &Event::time_text},
    ShapePath{.path = "verb", .field = &Event::name},
    ShapePath{.path = "clerk.name", .field = &Event::caller},
    ShapePath{.path = "house", .field = &Event::account},
    ShapePath{.path = "from", .field = &Event::source_address},
    ShapePath{.path = "refused", .field = &Event::error_code},
    ShapePath{.path = "order", .holds = Holds::object, .field = &Event::parameters},
};

inline constexpr std::array<std::string_view, 2> k_ledger_sources = {"ledger", "ledger-archive"};

inline Call interpret_ledger(const Event& event) {
    return {.principal = {.account = event.account.empty() ? text::k_unknown : event.account,
                          .name = event.caller,
                          .person = {},
                          .one_actor = true},
            .outcome = event.error_code.empty() ? Outcome::ok : Outcome::denied};
}

inline const Log& ledger() {
    static constexpr Log log = {
        .id = "ledger",
        .label = "Ledger",
        .mark = "ledger_id",
        .name_key = {},
        .sources = k_ledger_sources,
        .never_shows = "orders that were made by telephone",
        .counts_once = true,
        .paths = k_ledger_paths,
        .recognises = [](const Event& event) { return !event.id.empty() && !event.name.empty(); },
        .usable_id =
            [](const Event& event) { return event.id != "0" ? event.id : std::string_view{}; },
        .interpret = interpret_ledger,
        .read_details = [](const Event&, CallTopic, DetailsScratch&) { return CallDetails{}; }};
    return log;
}

/// The set of CloudTrail and the ledger.
inline const LogSet& two_logs() {
    static const std::array logs = {&cloudtrail(), &ledger()};
    static const LogSet set(logs);
    return set;
}

/// The catalogue's stanza for the ledger.
inline constexpr std::string_view k_ledger_stanza =
    "[service:ledger]\n"
    "label = Ledger\n"
    "category = Print Hijacking\n"
    "source = ledger\n"
    "threshold = 2\n"
    "volume = print\n"
    "use = print bind(cover.colour=red)\n"
    "recon = list\n";

}  // namespace cloudhijack::log
