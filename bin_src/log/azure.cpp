// Azure's logs of calls of models in Azure OpenAI, direct or through a gateway, and of operations
// on its resources.

#include "log/azure.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "log/azure_call.hpp"
#include "text/address.hpp"
#include "text/lower_case.hpp"
#include "text/path.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::string_view k_accounts = "/microsoft.cognitiveservices/accounts/";

// Whether a text equals one of the names, ignoring case.
bool is_one_of(std::string_view text, std::initializer_list<std::string_view> names) {
    return std::ranges::any_of(
        names, [text](std::string_view name) { return text::same_in_any_case(text, name); });
}

// Turns a record into a note: it adds facts to a call that another record counts, and is not a call
// itself.
void make_note(Event& event) { event.name = {}; }

constexpr ShapePath numbers(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::numbers, .field = field, .in_columns = false};
}

// --- calls of models ---

constexpr std::string_view k_usage = "AzureOpenAIRequestUsage";  // counts tokens only

constexpr std::array k_data_paths = {
    in_raw_only("time", &Event::time_text),
    in_raw_only("category", &Event::category),
    in_raw_only("operationName", &Event::name),
    in_raw_only("resultSignature", &Event::result),
    in_raw_only("resourceId", &Event::resource),
    in_raw_only("properties^.callerObjectId", &Event::caller),
    in_raw_only("properties^.objectId", &Event::caller),
    in_raw_only("callerIpAddress", &Event::source_address),
    in_raw_only("location", &Event::region),
    in_raw_only("Tenant", &Event::region),
    in_raw_only("properties^.modelName", &Event::model),
    in_raw_only("properties^.modelDeploymentName", &Event::model),
    in_raw_only("correlationId", &Event::id),
    numbers("properties^.promptTokens", &Event::input_tokens),
    numbers("properties^.completionTokens", &Event::output_tokens),
    numbers("properties^.generatedTokens", &Event::output_tokens),
    numbers("properties^.promptCachedTokens", &Event::cache_read_tokens),
    numbers("properties^.cachedTokens", &Event::cache_read_tokens),
};

constexpr auto k_data_sources = std::to_array<std::string_view>({"azure-openai"});

bool recognises_data(const Event& event) {
    return is_one_of(event.category,
                     {"requestresponse", "audit", "azureopenairequestusage", "trace"}) &&
           holds_in_any_case(event.resource, k_accounts);
}

void complete_data(Event& event, EventTexts& texts) {
    const bool is_request = is_one_of(event.category, {"requestresponse"});
    const bool is_call = is_request || is_one_of(event.category, {"audit"});
    if (is_request) event.error_code = error_of_status(event.result);
    // One call can have two records, one of which is nearly empty.
    const bool says_nothing =
        is_request && event.error_code.empty() && event.caller.empty() && event.model.empty();
    const std::string_view resource = part_of_id(event.resource, k_accounts, texts);
    complete_azure_caller(event, resource, texts);
    if (is_one_of(event.category, {k_usage})) {
        event.name = k_usage;
        make_token_note(event, resource, texts);
    } else if (!is_call || says_nothing) {
        make_note(event);
    }
    event.resource = resource;
    if (!event.id.empty()) {
        event.id = texts.next() = std::string(event.id) + ' ' + text::in_lower_case(event.category);
    }
}

// --- calls of models through a gateway ---

constexpr std::array k_gateway_paths = {
    in_raw_only("time", &Event::time_text),
    in_raw_only("category", &Event::category),
    in_raw_only("properties^.operationId", &Event::name),
    in_raw_only("properties^.url", &Event::called_address),
    in_raw_only("properties^.responseCode", &Event::result),
    in_raw_only("properties^.backendResponseBody^.error.code", &Event::error_code),
    in_raw_only("properties^.backendResponseBody^.usage.prompt_tokens", &Event::input_tokens),
    in_raw_only("properties^.backendResponseBody^.usage.input_tokens", &Event::input_tokens),
    in_raw_only("properties^.backendResponseBody^.usage.completion_tokens", &Event::output_tokens),
    in_raw_only("properties^.backendResponseBody^.usage.output_tokens", &Event::output_tokens),
    in_raw_only("properties^.backendResponseBody^.usage.prompt_tokens_details.cached_tokens",
                &Event::cache_read_tokens),
    in_raw_only("properties^.backendResponseBody^.usage.input_tokens_details.cached_tokens",
                &Event::cache_read_tokens),
    in_raw_only("properties^.promptTokens", &Event::input_tokens),
    in_raw_only("properties^.completionTokens", &Event::output_tokens),
    in_raw_only("properties^.promptCachedTokens", &Event::cache_read_tokens),
    in_raw_only("properties^.modelName", &Event::model),
    in_raw_only("properties^.deploymentName", &Event::model),
    in_raw_only("resourceId", &Event::resource),
    in_raw_only("properties^.userId", &Event::caller),
    in_raw_only("properties^.subscriptionId", &Event::caller),
    in_raw_only("callerIpAddress", &Event::source_address),
    in_raw_only("location", &Event::region),
    in_raw_only("properties^.backendUrl", &Event::backend),
    in_raw_only("correlationId", &Event::id),
};

constexpr std::string_view k_gateway_usage = "GatewayLlmLogs";  // counts tokens only

constexpr auto k_gateway_sources = std::to_array<std::string_view>({"azure-apim"});

bool recognises_gateway(const Event& event) {
    return is_one_of(event.category, {"gatewaylogs", k_gateway_usage});
}

struct GatewayName {
    std::string_view own;   ///< an operation's name, or the end of a URL's path, in lower case
    std::string_view name;  ///< the name that the calls of models have
};

// People choose the names of their gateways' operations; most keep those of Azure's API
// description.
constexpr auto k_gateway_names = std::to_array<GatewayName>({
    {.own = "chatcompletions", .name = "ChatCompletions_Create"},
    {.own = "chatcompletions_create", .name = "ChatCompletions_Create"},
    {.own = "completions", .name = "Completions_Create"},
    {.own = "completions_create", .name = "Completions_Create"},
    {.own = "embeddings", .name = "Embeddings_Create"},
    {.own = "embeddings_create", .name = "Embeddings_Create"},
    {.own = "generations", .name = "ImageGenerations_Create"},
    {.own = "imagegenerations_create", .name = "ImageGenerations_Create"},
    {.own = "responses", .name = "responses"},
});

// The call's name for an operation; empty if it is not a call of a model.
std::string_view name_of_operation(std::string_view operation) {
    const std::string lower = text::in_lower_case(operation);
    std::string_view own = lower;
    for (const std::string_view verb : {"get", "create", "post"}) {
        if (own.starts_with(verb)) {
            own.remove_prefix(verb.size());
            break;
        }
    }
    const auto* const found = std::ranges::find(k_gateway_names, own, &GatewayName::own);
    return found == k_gateway_names.end() ? std::string_view{} : found->name;
}

// The call's name for a URL such as `https://gateway.example/chat/completions?api-version=1`.
std::string_view name_of_address(std::string_view address) {
    std::string path = text::in_lower_case(address.substr(0, address.find_first_of("?#")));
    while (path.ends_with('/')) path.pop_back();
    const bool is_chat = path.ends_with("/chat/completions");
    return name_of_operation(is_chat ? "chatcompletions" : text::last_part(path));
}

// The first label of a URL's host, `shop` for `https://shop.openai.azure.com/...`, or the whole
// host if it is an IP address.
std::string_view backend_of(std::string_view address, EventTexts& texts) {
    constexpr std::string_view scheme_end = "://";
    const auto scheme = address.find(scheme_end);
    if (scheme != std::string_view::npos) address.remove_prefix(scheme + scheme_end.size());
    address = address.substr(0, address.find_first_of("/?"));
    address.remove_prefix(address.rfind('@') + 1);  // npos + 1 is 0
    const bool is_v6 = address.starts_with('[');
    std::string_view host =
        is_v6 ? address.substr(1, address.find(']') - 1) : address.substr(0, address.find(':'));
    if (!text::parse_address(host).is_there()) host = host.substr(0, host.find('.'));
    return texts.next() = text::in_lower_case(host);
}

void complete_gateway(Event& event, EventTexts& texts) {
    const std::string_view operation = name_of_operation(event.name);
    event.name = operation.empty() ? name_of_address(event.called_address) : operation;
    const bool counts_tokens = is_one_of(event.category, {k_gateway_usage});
    if (event.error_code != "content_filter") event.error_code = error_of_status(event.result);
    if (!counts_tokens) event.model = part_of_id(event.backend, "/deployments/", texts);
    const std::string_view resource = backend_of(event.backend, texts);
    const std::string_view gateway = part_of_id(event.resource, "/service/", texts);
    complete_azure_caller(event, resource, texts);
    event.resource = resource;
    if (!counts_tokens) return;
    // A health probe has no id, or no model.
    const bool is_probe = event.model.empty() || usable_azure_id(event).empty();
    event.name = is_probe ? std::string_view{} : k_gateway_usage;
    event.error_code = {};
    make_token_note(event, gateway, texts);
    if (!event.id.empty()) event.id = texts.next() = std::string(event.id) + " tokens";
}

// --- operations on resources ---

constexpr std::array k_activity_paths = {
    in_raw_only("time", &Event::time_text),
    in_raw_only("eventTimestamp", &Event::time_text),
    in_raw_only("operationName", &Event::name),
    in_raw_only("operationName.value", &Event::name),
    in_raw_only("resultType", &Event::result),
    in_raw_only("status.value", &Event::result),
    in_raw_only("properties^.statusCode", &Event::error_code),
    in_raw_only("subStatus.value", &Event::error_code),
    in_raw_only("resultSignature", &Event::error_code),
    in_raw_only("resourceId", &Event::resource),
    in_raw_only("resourceUri", &Event::resource),
    in_raw_only("identity^.claims[http://schemas.microsoft.com/identity/claims/objectidentifier]",
                &Event::caller),
    in_raw_only("identity^.claims.upn", &Event::caller),
    in_raw_only("caller", &Event::caller),
    in_raw_only("identity^.claims.appid", &Event::application),
    in_raw_only("claims.appid", &Event::application),
    in_raw_only("callerIpAddress", &Event::source_address),
    in_raw_only("identity^.claims.ipaddr", &Event::source_address),
    in_raw_only("httpRequest.clientIpAddress", &Event::source_address),
    in_raw_only("claims.ipaddr", &Event::source_address),
    in_raw_only("location", &Event::region),
    in_raw_only("eventDataId", &Event::id),
    in_raw_only("correlationId", &Event::correlation),
    in_raw_only("properties^.disableLocalAuth", &Event::setting),
    in_raw_only("properties^.requestbody^.properties.disableLocalAuth", &Event::setting),
    in_raw_only("properties^.requestbody^.disableLocalAuth", &Event::setting),
    in_raw_only("properties^.responseBody^.properties.disableLocalAuth", &Event::setting),
    in_raw_only("properties^.responseBody^.disableLocalAuth", &Event::setting),
};

constexpr auto k_activity_sources = std::to_array<std::string_view>({"azure"});

bool recognises_activity(const Event& event) {
    return event.name.contains('/') && !(event.resource.empty() && event.id.empty());
}

// The operation's name without its provider; empty unless it is an operation on an account of
// models or on the diagnostic settings of one.
std::string_view name_of_activity(const Event& event) {
    constexpr std::string_view accounts = "microsoft.cognitiveservices/";
    constexpr std::string_view settings = "microsoft.insights/diagnosticsettings/";
    const std::string lower = text::in_lower_case(event.name);
    if (lower.starts_with(accounts)) return event.name.substr(accounts.size());
    const bool is_on_account = holds_in_any_case(event.resource, k_accounts);
    if (!lower.starts_with(settings) || !is_on_account) return {};
    return event.name.substr(event.name.find('/') + 1);
}

// The status word in `Failed.Forbidden.`, in `Forbidden (HTTP Status Code: 403)`, or alone.
std::string_view word_of_status(std::string_view status) {
    status = status.substr(0, status.find(' '));
    if (status.ends_with('.')) status.remove_suffix(1);
    return status.substr(status.rfind('.') + 1);  // npos + 1 is 0
}

void complete_activity(Event& event, EventTexts& texts) {
    const std::string result = text::in_lower_case(event.result);
    const bool has_ended = is_one_of(result, {"success", "succeeded", "failure", "failed"});
    const std::string_view status = word_of_status(event.error_code);
    event.error_code = {};
    if (result.starts_with("fail")) {
        const std::string_view error = error_of_status(status);
        event.error_code = error.empty() ? event.result : error;
    }
    if (event.id.empty() && !event.correlation.empty()) {
        event.id = texts.next() =
            std::string(event.correlation) + ' ' + text::in_lower_case(event.name) + ' ' + result;
    }
    event.name = name_of_activity(event);
    // Every change of an account is a write. It counts only if it enables keys again or creates the
    // account.
    const bool is_write = is_one_of(event.name, {"accounts/write"});
    const bool enables =
        is_one_of(event.setting, {"false"}) || is_one_of(status, {"created", "201"});
    if (!has_ended || (is_write && !enables)) make_note(event);
    const std::string_view resource = part_of_id(event.resource, k_accounts, texts);
    complete_azure_caller(event, /*resource=*/{}, texts);
    event.resource = resource;
}

// The operation's full name, the reverse of name_of_activity().
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
        .ignores_case = true,
        .counts_once = true,
        .paths = k_data_paths,
        .recognises = recognises_data,
        .complete = complete_data,
        .usable_id = usable_azure_id,
        .interpret = interpret_azure_call,
        .read_details = read_azure_details,
        .topics = k_data_topics,
        .stop = stop_azure_principal};
    return log;
}

const Log& azure_gateway() {
    static constexpr Log log = {
        .id = "azure_gateway",
        .label = "Azure API Management",
        .mark = "category",
        .name_key = {},
        .sources = k_gateway_sources,
        .never_shows = "calls that bypass the gateway",
        .ignores_case = true,
        .counts_once = true,
        .paths = k_gateway_paths,
        .recognises = recognises_gateway,
        .complete = complete_gateway,
        .usable_id = usable_azure_id,
        .index_token =
            [](std::string_view name) {
                return std::string(name == k_gateway_usage ? k_gateway_usage : "GatewayLogs");
            },
        .interpret = interpret_azure_call,
        .read_details = read_azure_details,
        .stop = stop_azure_principal};
    return log;
}

const Log& azure_activity() {
    static constexpr Log log = {.id = "azure_activity",
                                .label = "Azure activity log",
                                .mark = "operationName",
                                .name_key = {},
                                .sources = k_activity_sources,
                                .never_shows = "reads of resources, calls of models",
                                .ignores_case = true,
                                .counts_once = true,
                                .paths = k_activity_paths,
                                .recognises = recognises_activity,
                                .complete = complete_activity,
                                .usable_id = usable_azure_id,
                                .index_token = token_of_activity,
                                .interpret = interpret_azure_call,
                                .read_details = read_azure_details,
                                .topics = k_activity_topics,
                                .stop = stop_azure_principal};
    return log;
}

}  // namespace cloudhijack::log
