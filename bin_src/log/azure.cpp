// Azure's logs: of models called in Azure OpenAI, straight or through a gateway, and of what is
// done to its resources.

#include "log/azure.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "log/azure_call.hpp"
#include "text/lower_case.hpp"
#include "text/path.hpp"

namespace cloudhijack::log {
namespace {

constexpr ShapePath at(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::text, .field = field, .in_columns = false};
}

constexpr std::string_view k_accounts = "/microsoft.cognitiveservices/accounts/";

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::ranges::find(names, text) != names.end();
}

// A record that says more of a call which another one counts: it has no call of its own.
void make_note(Event& event) { event.name = {}; }

// --- calls of models ---

constexpr std::array k_data_paths = {
    at("time", &Event::time_text),
    at("category", &Event::category),
    at("operationName", &Event::name),
    at("resultSignature", &Event::result),
    at("resourceId", &Event::resource),
    at("properties^.callerObjectId", &Event::caller),
    at("properties^.objectId", &Event::caller),
    at("callerIpAddress", &Event::source_address),
    at("location", &Event::region),
    at("Tenant", &Event::region),
    at("properties^.modelName", &Event::model),
    at("properties^.modelDeploymentName", &Event::model),
    at("correlationId", &Event::id),
};

constexpr auto k_data_sources = std::to_array<std::string_view>({"azure-openai"});

bool recognises_data(const Event& event) {
    return is_one_of(event.category,
                     {"RequestResponse", "Audit", "AzureOpenAIRequestUsage", "Trace"}) &&
           holds_in_any_case(event.resource, k_accounts);
}

void complete_data(Event& event, EventTexts& texts) {
    const bool is_request = event.category == "RequestResponse";
    const bool is_call = is_request || event.category == "Audit";
    if (is_request) set_status(event, event.result);
    // One call can have two records, of which one is nearly empty.
    const bool says_nothing =
        is_request && event.error_code.empty() && event.caller.empty() && event.model.empty();
    if (!is_call || says_nothing) make_note(event);
    const std::string_view resource = part_of_id(event.resource, k_accounts, texts);
    complete_azure_caller(event, resource, texts);
    event.resource = resource;
    if (!event.id.empty()) {
        event.id = texts.next() = std::string(event.id) + ' ' + std::string(event.category);
    }
}

// --- the same through a gateway ---

constexpr std::array k_gateway_paths = {
    at("time", &Event::time_text),
    at("category", &Event::category),
    at("properties^.operationId", &Event::name),
    at("properties^.url", &Event::name),
    at("properties^.responseCode", &Event::result),
    at("properties^.backendResponseBody^.error.code", &Event::error_code),
    at("resourceId", &Event::resource),
    at("properties^.userId", &Event::caller),
    at("properties^.subscriptionId", &Event::caller),
    at("callerIpAddress", &Event::source_address),
    at("location", &Event::region),
    at("properties^.backendUrl", &Event::backend),
    at("correlationId", &Event::id),
};

constexpr auto k_gateway_sources = std::to_array<std::string_view>({"azure-apim"});

bool recognises_gateway(const Event& event) {
    return is_one_of(event.category, {"GatewayLogs", "GatewayLlmLogs"});
}

struct GatewayName {
    std::string_view end;   ///< of an operation's name or of an address's path, in lower case
    std::string_view name;  ///< as the calls of models have it
};

// People name the operations of their gateways, mostly as Azure's own description does.
constexpr auto k_gateway_names = std::to_array<GatewayName>({
    {.end = "chat/completions", .name = "ChatCompletions_Create"},
    {.end = "chatcompletions", .name = "ChatCompletions_Create"},
    {.end = "chatcompletions_create", .name = "ChatCompletions_Create"},
    {.end = "completions", .name = "Completions_Create"},
    {.end = "completions_create", .name = "Completions_Create"},
    {.end = "embeddings", .name = "Embeddings_Create"},
    {.end = "embeddings_create", .name = "Embeddings_Create"},
    {.end = "generations", .name = "ImageGenerations_Create"},
    {.end = "imagegenerations_create", .name = "ImageGenerations_Create"},
    {.end = "responses", .name = "responses"},
});

std::string_view name_of_model_call(std::string_view operation) {
    const std::string lower = text::in_lower_case(operation.substr(0, operation.find('?')));
    const auto* const found = std::ranges::find_if(
        k_gateway_names,
        [&lower](const GatewayName& one) { return std::string_view(lower).ends_with(one.end); });
    return found == k_gateway_names.end() ? text::last_part(operation) : found->name;
}

// The first label of an address's host: of `https://shop.openai.azure.com/...` it is `shop`.
std::string_view host_label(std::string_view address, EventTexts& texts) {
    constexpr std::string_view scheme_end = "://";
    const auto scheme = address.find(scheme_end);
    if (scheme != std::string_view::npos) address.remove_prefix(scheme + scheme_end.size());
    return texts.next() = text::in_lower_case(address.substr(0, address.find_first_of("./:?")));
}

std::string_view deployment_of(std::string_view address) {
    constexpr std::string_view behind = "/deployments/";
    const auto found = address.find(behind);
    if (found == std::string_view::npos) return {};
    const std::string_view rest = address.substr(found + behind.size());
    return rest.substr(0, rest.find_first_of("/?"));
}

void complete_gateway(Event& event, EventTexts& texts) {
    event.name = name_of_model_call(event.name);
    if (event.category != "GatewayLogs") make_note(event);
    if (event.error_code != "content_filter") set_status(event, event.result);
    event.model = deployment_of(event.backend);
    const std::string_view resource = host_label(event.backend, texts);
    complete_azure_caller(event, resource, texts);
    event.resource = resource;
}

// --- what is done to resources ---

constexpr std::array k_activity_paths = {
    at("time", &Event::time_text),
    at("eventTimestamp", &Event::time_text),
    at("operationName", &Event::name),
    at("operationName.value", &Event::name),
    at("resultType", &Event::result),
    at("status.value", &Event::result),
    at("properties^.statusCode", &Event::error_code),
    at("subStatus.value", &Event::error_code),
    at("resultSignature", &Event::error_code),
    at("resourceId", &Event::resource),
    at("resourceUri", &Event::resource),
    at("identity^.claims[http://schemas.microsoft.com/identity/claims/objectidentifier]",
       &Event::caller),
    at("identity^.claims.upn", &Event::caller),
    at("caller", &Event::caller),
    at("identity^.claims.appid", &Event::application),
    at("claims.appid", &Event::application),
    at("callerIpAddress", &Event::source_address),
    at("identity^.claims.ipaddr", &Event::source_address),
    at("httpRequest.clientIpAddress", &Event::source_address),
    at("claims.ipaddr", &Event::source_address),
    at("location", &Event::region),
    at("eventDataId", &Event::id),
    at("correlationId", &Event::id),
    at("properties^.requestbody^.properties.disableLocalAuth", &Event::setting),
    at("properties^.requestbody^.disableLocalAuth", &Event::setting),
    at("properties^.responseBody^.properties.disableLocalAuth", &Event::setting),
    at("properties^.responseBody^.disableLocalAuth", &Event::setting),
};

constexpr auto k_activity_sources = std::to_array<std::string_view>({"azure"});

bool recognises_activity(const Event& event) {
    return event.name.contains('/') && !(event.resource.empty() && event.id.empty());
}

// The name without its provider; empty for an operation on other resources than accounts of models
// and their diagnostic settings.
std::string_view name_of_activity(const Event& event) {
    constexpr std::string_view accounts = "microsoft.cognitiveservices/";
    constexpr std::string_view settings = "microsoft.insights/diagnosticsettings/";
    const std::string lower = text::in_lower_case(event.name);
    if (lower.starts_with(accounts)) return event.name.substr(accounts.size());
    const bool is_on_account = holds_in_any_case(event.resource, k_accounts);
    if (!lower.starts_with(settings) || !is_on_account) return {};
    return event.name.substr(event.name.find('/') + 1);
}

// `Failed.Forbidden.`, or `Forbidden (HTTP Status Code: 403)`, or the word itself.
std::string_view word_of_status(std::string_view status) {
    status = status.substr(0, status.find(' '));
    if (status.ends_with('.')) status.remove_suffix(1);
    return status.substr(status.rfind('.') + 1);  // npos + 1 is 0
}

void complete_activity(Event& event, EventTexts& texts) {
    const std::string result = text::in_lower_case(event.result);
    const bool has_ended = is_one_of(result, {"success", "succeeded", "failure", "failed"});
    const std::string_view status = word_of_status(event.error_code);
    const bool has_failed = result.starts_with("fail");
    set_status(event, status);
    const bool is_created = text::in_lower_case(status) == "created" || status == "201";
    if (!has_failed) event.error_code = {};
    if (has_failed && event.error_code.empty()) event.error_code = event.result;
    const std::string_view name = name_of_activity(event);
    event.id = texts.next() = std::string(event.id) + ' ' + std::string(event.name) + ' ' + result;
    event.name = name;
    // Any change of an account is written so: it counts where keys work again, or it is new.
    const bool is_write = text::in_lower_case(name) == "accounts/write";
    const bool enables = event.setting == "false" || is_created;
    if (!has_ended || (is_write && !enables)) make_note(event);
    const std::string_view resource = part_of_id(event.resource, k_accounts, texts);
    complete_azure_caller(event, /*resource=*/{}, texts);
    event.resource = resource;
}

// The operation's whole name, as name_of_activity() found it.
std::string token_of_activity(std::string_view name) {
    const bool is_of_account = name.starts_with("accounts/");
    return (is_of_account ? "Microsoft.CognitiveServices/" : "Microsoft.Insights/") +
           std::string(name);
}

constexpr std::array k_activity_topics = {
    TopicOfCall{.name = "accounts/listKeys/action", .topic = CallTopic::key_read},
    TopicOfCall{.name = "accounts/regenerateKey/action", .topic = CallTopic::key_read},
    TopicOfCall{.name = "accounts/connections/listsecrets/action", .topic = CallTopic::key_read},
};

constexpr std::array k_data_topics = {
    TopicOfCall{.name = "ListKey", .topic = CallTopic::key_read},
};

}  // namespace

const Log& azure_openai() {
    static constexpr Log log = {
        .id = "azure_openai",
        .label = "Azure OpenAI",
        .mark = "category",
        .name_key = {},
        .sources = k_data_sources,
        .never_shows =
            "which of a resource's two keys was used, whole addresses, prompts, anything "
            "while the diagnostic setting is off",
        .counts_once = true,
        .paths = k_data_paths,
        .recognises = recognises_data,
        .complete = complete_data,
        .has_usable_id = has_usable_azure_id,
        .interpret = interpret_azure_call,
        .read_details = read_azure_details,
        .topics = k_data_topics};
    return log;
}

const Log& azure_gateway() {
    static constexpr Log log = {
        .id = "azure_gateway",
        .label = "Azure API Management",
        .mark = "category",
        .name_key = {},
        .sources = k_gateway_sources,
        .never_shows = "calls that go round the gateway",
        .ignores_case = true,
        .counts_once = true,
        .paths = k_gateway_paths,
        .recognises = recognises_gateway,
        .complete = complete_gateway,
        .has_usable_id = has_usable_azure_id,
        .index_token = [](std::string_view) { return std::string("GatewayLogs"); },
        .interpret = interpret_azure_call,
        .read_details = read_azure_details};
    return log;
}

const Log& azure_activity() {
    static constexpr Log log = {.id = "azure_activity",
                                .label = "Azure activity log",
                                .mark = "operationName",
                                .name_key = {},
                                .sources = k_activity_sources,
                                .never_shows = "what only reads resources, calls of models",
                                .ignores_case = true,
                                .counts_once = true,
                                .paths = k_activity_paths,
                                .recognises = recognises_activity,
                                .complete = complete_activity,
                                .has_usable_id = has_usable_azure_id,
                                .index_token = token_of_activity,
                                .interpret = interpret_azure_call,
                                .read_details = read_azure_details,
                                .topics = k_activity_topics};
    return log;
}

}  // namespace cloudhijack::log
