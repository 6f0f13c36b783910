// Any bytes as records: what is made of a record does not depend on the records read before it, the
// numbers keep their bounds, and in the commands of a response no text of a record leaves its word.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz_records.hpp"
#include "log/call.hpp"
#include "log/suspect.hpp"
#include "must.hpp"
#include "text/characters.hpp"

namespace {

using namespace cloudhijack;

using Texts = std::vector<std::string>;

// The characters that give a principal's name its parts.
constexpr std::string_view k_kept = "/_.:@-";

constexpr auto k_last_topic = static_cast<int>(log::CallTopic::log_group);

void check_bounds(const log::CallDetails& details) {
    must(details.messages >= 1 && details.messages <= log::k_most_messages, "too many messages");
    const log::Spend& spend = details.spend;
    for (const auto tokens : {spend.input_tokens, spend.output_tokens, spend.cache_read_tokens,
                              spend.cache_write_tokens}) {
        must(tokens <= log::Spend::k_most_tokens, "too many tokens");
    }
    must(spend.cost <= log::Spend::k_most_cost, "too much money");
}

Texts texts_of_details(const log::CallDetails& details) {
    Texts texts = {std::to_string(details.messages),
                   std::to_string(details.spend.size()),
                   std::string(details.model),
                   std::string(details.country),
                   std::string(details.quarantined_user),
                   std::to_string(details.suspends_account),
                   std::to_string(details.has_bearer_key),
                   std::to_string(details.is_omitted)};
    for (const log::CallSubject& subject : details.subjects) {
        texts.push_back(std::to_string(static_cast<int>(subject.kind)));
        texts.emplace_back(subject.text);
        texts.emplace_back(subject.via);
        texts.push_back(std::to_string(subject.grants_mail) +
                        std::to_string(subject.has_external_id) +
                        std::to_string(static_cast<int>(subject.trust)));
    }
    return texts;
}

// The characters of a command that a POSIX shell interprets.
std::string interpreted_part(std::string_view command) {
    constexpr std::string_view inert =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,";
    std::string part;
    while (!command.empty()) {
        const char c = command.front();
        std::size_t size = 1;
        if (c == '\\') {
            size = 2;
        } else if (c == '\'') {
            const auto end = command.find(c, 1);
            must(end != std::string_view::npos, "a quote is open: " + std::string(command));
            size = end + 1;
        } else if (!inert.contains(c)) {
            part += c;
        }
        command.remove_prefix(std::min(command.size(), size));
    }
    return part;
}

std::string harmless(std::string_view text) {
    std::string made(text);
    std::ranges::replace_if(
        made,
        [](char c) { return !text::is_letter(c) && !text::is_digit(c) && !k_kept.contains(c); },
        'x');
    return made;
}

// The words before a resource say what kind of principal it is.
std::string harmless_name(std::string_view name) {
    const std::string_view resource = log::key_resource(name);
    const std::string_view text = resource.empty() ? name : resource;
    return std::string(name.substr(0, name.size() - text.size())) + harmless(text);
}

// In the commands of a response, a shell interprets the same characters as if the texts of the
// record were harmless.
void check_response(const log::Log& log, const log::Event& event, const log::Call& call) {
    if (log.stop == nullptr) return;
    const std::array keys = {event.access_key};
    const std::array sources = {event.source};
    const auto steps = log.stop({.account = call.principal.account,
                                 .name = call.principal.name,
                                 .caller_type = event.caller_type,
                                 .access_keys = keys,
                                 .used_sources = sources});
    if (steps.empty()) return;  // such as for a name that has to be a key and is none
    const std::string account = harmless(call.principal.account);
    const std::string name = harmless_name(call.principal.name);
    const auto expected = log.stop({.account = account,
                                    .name = name,
                                    .caller_type = event.caller_type,
                                    .access_keys = keys,
                                    .used_sources = sources});
    must(steps.size() == expected.size(), "the text of a record decides the number of steps");
    for (std::size_t i = 0; i < steps.size(); ++i) {
        must(interpreted_part(steps[i]) == interpreted_part(expected[i]),
             "a shell interprets text of a record: " + steps[i]);
    }
}

Texts made_of(const log::Event& event, log::CallDetailsReader& details) {
    Texts made = texts_of(event);
    const log::Call call = event.log->interpret(event);
    made.insert(made.end(),
                {std::string(call.principal.account), std::string(call.principal.name),
                 std::string(call.principal.person), std::to_string(call.principal.one_actor),
                 std::to_string(static_cast<int>(call.outcome)), std::to_string(call.is_excluded),
                 std::to_string(call.credentials.bits()), std::string(call.source_service)});
    must(call.credentials.bits() <= log::CredentialSigns::k_most_bits, "unknown credentials");
    check_response(*event.log, event, call);
    for (int topic = 0; topic <= k_last_topic; ++topic) {
        const auto read = details.read(event, static_cast<log::CallTopic>(topic));
        check_bounds(read);
        for (std::string& text : texts_of_details(read)) made.push_back(std::move(text));
    }
    return made;
}

std::vector<Texts> made_of(std::string_view text, WholeRecordReader& reader,
                           log::CallDetailsReader& details) {
    std::vector<Texts> all;
    reader.read(text, [&](const log::Event& event) { all.push_back(made_of(event, details)); });
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static WholeRecordReader used_reader;
    static log::CallDetailsReader used_details;
    const auto made = made_of(text, used_reader, used_details);
    if (made.empty()) return 0;
    WholeRecordReader reader;
    log::CallDetailsReader details;
    must(made_of(text, reader, details) == made, "earlier records change what is read");
    return 0;
}
