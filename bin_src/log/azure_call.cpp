#include "log/azure_call.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/address.hpp"
#include "text/bounded_text.hpp"
#include "text/characters.hpp"
#include "text/lower_case.hpp"
#include "text/shell_word.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

// Types of callers, as mode=volume shows them.
constexpr std::string_view k_entra_id = "EntraId";
constexpr std::string_view k_application = "Application";
constexpr std::string_view k_api_key = "ApiKey";

constexpr std::string_view k_blocked = "content_filter";
constexpr std::string_view k_no_status = "no status";

struct StatusWord {
    std::string_view word;  ///< in lower case
    std::string_view code;
};

constexpr auto k_status_words =
    std::to_array<StatusWord>({{.word = "ok", .code = "200"},
                               {.word = "created", .code = "201"},
                               {.word = "accepted", .code = "202"},
                               {.word = "nocontent", .code = "204"},
                               {.word = "unauthorized", .code = "401"},
                               {.word = "forbidden", .code = "403"},
                               {.word = "toomanyrequests", .code = "429"}});

// The id of a region: `eastus` for its display name `East US`.
std::string_view region_id(std::string_view region, EventTexts& texts) {
    std::string& id = texts.next() = text::in_lower_case(region);
    std::erase(id, ' ');
    return id;
}

}  // namespace

bool holds_in_any_case(std::string_view text, std::string_view lower) {
    const auto found = std::ranges::search(text, lower, {}, text::to_lower);
    return !found.empty() || lower.empty();
}

std::string_view part_of_id(std::string_view resource_id, std::string_view before,
                            EventTexts& texts) {
    const auto found = std::ranges::search(resource_id, before, {}, text::to_lower);
    if (found.empty()) return {};
    const auto begin = static_cast<std::size_t>(found.end() - resource_id.begin());
    const std::string_view rest = resource_id.substr(begin);
    return texts.next() = text::in_lower_case(rest.substr(0, rest.find_first_of("/?")));
}

std::string_view error_of_status(std::string_view status) {
    const auto* const word = std::ranges::find_if(k_status_words, [status](const StatusWord& one) {
        return text::same_in_any_case(status, one.word);
    });
    const std::string_view code = word == k_status_words.end() ? status : word->code;
    if (code.empty()) return k_no_status;
    const bool is_success =
        code.size() == 3 && code.starts_with('2') && std::ranges::all_of(code, text::is_digit);
    return is_success ? std::string_view{} : code;
}

void complete_azure_caller(Event& event, std::string_view resource, EventTexts& texts) {
    event.account = part_of_id(event.resource, "/subscriptions/", texts);
    event.source_address = text::bare_address(event.source_address);
    event.region = region_id(event.region, texts);
    if (!event.caller.empty()) {
        event.caller_type = k_entra_id;
    } else if (!event.application.empty()) {
        event.caller = event.application;
        event.caller_type = k_application;
    } else if (!resource.empty()) {
        event.caller = texts.next() = key_principal(resource);
        event.caller_type = k_api_key;
    }
}

void make_token_note(Event& event, std::string_view resource, EventTexts& texts) {
    event.caller = texts.next() = resource_principal(resource);
    event.caller_type = {};
    event.source_address = {};
}

std::string_view usable_azure_id(const Event& event) {
    const std::string_view id = event.id.substr(0, event.id.find(' '));
    return text::nonzero_id(id).empty() ? std::string_view{} : event.id;
}

Call interpret_azure_call(const Event& event) {
    const bool is_of_key = event.caller_type == k_api_key;
    Call call{.principal = {.account = event.account.empty() ? text::k_unknown : event.account,
                            .name = event.caller.empty() ? text::k_unknown : event.caller,
                            .person = {},
                            .one_actor = !is_of_key && !event.caller_type.empty()}};
    const std::string_view code = event.error_code;
    if (code == "401" || code == "403") {
        call.outcome = Outcome::denied;
    } else if (code == "429") {
        call.outcome = Outcome::throttled;
    } else if (code == k_blocked) {
        call.outcome = Outcome::blocked;
    } else if (!code.empty()) {
        call.outcome = Outcome::failed;
    }
    call.is_data_event = event.source != "azure";
    if (is_of_key) call.credentials.add(CredentialSign::anywhere);
    return call;
}

CallDetails read_azure_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    CallDetails details;
    details.model = event.model;
    details.spend = spend_of(event);
    scratch.subjects.clear();
    const auto add = [&scratch](SubjectKind kind, std::string_view text) {
        if (!text.empty()) scratch.subjects.push_back({.kind = kind, .text = text});
    };
    add(SubjectKind::thing, event.resource);
    if (topic == CallTopic::key_read && !event.resource.empty()) {
        scratch.joined = key_principal(event.resource);
        add(SubjectKind::key_holder, scratch.joined);
        add(SubjectKind::application, event.application);
    }
    details.subjects = scratch.subjects;
    return details;
}

std::vector<std::string> stop_azure_principal(const Suspect& suspect) {
    const std::string subscription =
        " --subscription " + text::plain_word(suspect.account, "SUBSCRIPTION");
    const std::string name = text::shell_word(suspect.name, "NAME");
    if (is_key_principal(suspect.name)) {
        const std::string resource = " --name " +
                                     text::shell_word(key_resource(suspect.name), "RESOURCE") +
                                     " --resource-group RESOURCE_GROUP" + subscription;
        return {
            response_step("Regenerate both keys of the resource; the applications that use them "
                          "stop until they have the new ones",
                          "for key in Key1 Key2; do az cognitiveservices account keys regenerate" +
                              resource + " --key-name \"$key\"; done"),
            response_step("Switch off keys for the resource; only callers with a token of Entra ID "
                          "can use it",
                          "az resource update" + resource +
                              " --resource-type Microsoft.CognitiveServices/accounts --set "
                              "properties.disableLocalAuth=true")};
    }
    // A subscription of a gateway has no type, and its name is chosen freely.
    if (suspect.caller_type.empty()) return {};
    if (suspect.name.contains('@')) {
        return {
            response_step("Disable the user in Entra ID; the person cannot sign in, but tokens "
                          "that were issued work until they expire",
                          "az ad user update --id " + name + " --account-enabled false")};
    }
    // The log does not say whether the id belongs to a user or to an application.
    if (text::is_nonzero_uuid(suspect.name)) {
        return {response_step(
            "Disable the user or the application in Entra ID; it gets no new "
            "tokens, but issued ones work until they expire",
            "az ad user update --id " + name + " --account-enabled false || az ad sp update --id " +
                name + " --set accountEnabled=false")};
    }
    return {};
}

}  // namespace cloudhijack::log
