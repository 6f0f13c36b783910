// Google Cloud's audit logs, which record the calls of all of Google's services in the same form.
// Calls of models in Vertex AI are in the Data Access logs, which a project must enable.

#include "log/vertex_ai.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/bounded_text.hpp"
#include "text/path.hpp"
#include "text/shell_word.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

// The event has no fields for the position of a record in a long-running operation, so `setting`
// and `result` hold it; this log does not need them for anything else.
constexpr std::array k_google_paths = {
    in_raw_only("timestamp", &Event::time_text),
    in_raw_only("logName", &Event::category),
    in_raw_only("insertId", &Event::id),
    in_raw_only("operation.first", &Event::setting),
    in_raw_only("operation.last", &Event::result),
    in_raw_only("protoPayload.serviceName", &Event::source),
    in_raw_only("protoPayload.methodName", &Event::name),
    in_raw_only("protoPayload.status.code", &Event::error_code),
    in_raw_only("protoPayload.authenticationInfo.principalEmail", &Event::caller),
    in_raw_only("protoPayload.authenticationInfo.principalSubject", &Event::caller),
    in_raw_only("protoPayload.authenticationInfo.serviceAccountKeyName", &Event::access_key),
    in_raw_only("protoPayload.requestMetadata.callerIp", &Event::source_address),
    in_raw_only("protoPayload.requestMetadata.callerSuppliedUserAgent", &Event::user_agent),
    in_raw_only("resource.labels.email_id", &Event::resource),  // the address of a service account
    in_raw_only("protoPayload.resourceName", &Event::resource),
    in_raw_only("resource.labels.project_id", &Event::account),
};

// The whole domain, as `iam` alone would be a source of AWS.
constexpr auto k_google_sources = std::to_array<std::string_view>({".googleapis.com"});

// Only Google writes to logs with this name.
bool recognises_google(const Event& event) {
    return event.category.contains("/logs/cloudaudit.googleapis.com") && !event.name.empty();
}

// The part of a resource's name that follows a collection; collections and their members alternate.
// For `models` in `projects/p/locations/l/publishers/google/models/m` it is `m`.
std::string_view part_in(std::string_view resource, std::string_view collection) {
    while (true) {
        const auto end = resource.find('/');
        if (end == std::string_view::npos) return {};
        const std::string_view rest = resource.substr(end + 1);
        const auto end_of_part = rest.find('/');
        if (resource.substr(0, end) == collection) return rest.substr(0, end_of_part);
        if (end_of_part == std::string_view::npos) return {};
        resource = rest.substr(end_of_part + 1);
    }
}

// Whether a text is a project's id. A resource's name can have the project's number instead, or `-`
// for any project.
bool is_project_id(std::string_view project) {
    return !project.empty() && project.front() >= 'a' && project.front() <= 'z';
}

std::string_view project_of(const Event& event) {
    const std::string_view named = part_in(event.resource, "projects");
    return is_project_id(named) || event.account.empty() ? named : event.account;
}

// Removes the suffix that Google's front ends append to the caller's user agent.
std::string_view without_front_ends(std::string_view agent) {
    constexpr std::string_view front_end = ",gzip(gfe)";
    while (agent.ends_with(front_end)) agent.remove_suffix(front_end.size());
    return agent;
}

// If a caller has no mail address, the record has a subject: usually a kind followed by an address.
void complete_google_caller(Event& event) {
    for (const std::string_view kind : {"user:", "serviceAccount:"}) {
        if (event.caller.starts_with(kind)) event.caller.remove_prefix(kind.size());
    }
    if (event.caller.ends_with(".gserviceaccount.com")) {
        event.caller_type = "ServiceAccount";
    } else if (event.caller.contains("://")) {
        event.caller_type = "Federated";
    } else if (!event.caller.empty()) {
        event.caller_type = "User";
    }
}

void complete_google(Event& event, EventTexts& texts) {
    event.name = event.name.substr(event.name.rfind('.') + 1);  // npos + 1 is 0
    if (event.error_code == "0") event.error_code = {};
    event.account = project_of(event);
    event.region = part_in(event.resource, "locations");
    event.model = part_in(event.resource, "models");
    event.user_agent = without_front_ends(event.user_agent);
    event.access_key = text::last_part(event.access_key);
    complete_google_caller(event);
    if (!event.id.empty()) {  // it distinguishes only records with the same time
        std::string& id = texts.next();
        id.append(event.id).append(1, ' ').append(event.time_text).append(1, ' ');
        event.id = id.append(event.name);
    }
    // The end of an operation does not count, because the separate record of its beginning does.
    if (event.result == "true" && event.setting != "true") event.name = {};
}

std::string_view usable_google_id(const Event& event) {
    const std::string_view id = event.id.substr(0, event.id.find(' '));
    return text::nonzero_id(id).empty() ? std::string_view{} : event.id;
}

// The outcome for a numeric code of google.rpc.Code.
Outcome outcome_of_google(std::string_view code) {
    if (code.empty()) return Outcome::ok;
    if (code == "7" || code == "16") return Outcome::denied;
    return code == "8" ? Outcome::throttled : Outcome::failed;
}

Call interpret_google_call(const Event& event) {
    const bool has_key = !event.access_key.empty();
    Call call{.principal = {.account = event.account.empty() ? text::k_unknown : event.account,
                            .name = event.caller.empty() ? text::k_unknown : event.caller,
                            .person = {},
                            .one_actor = !event.caller.empty()},
              .outcome = outcome_of_google(event.error_code),
              .is_data_event = event.category.ends_with("data_access"),
              .has_long_term_key = has_key};
    // Without a key, a service account's calls come from the workloads to which it is attached, or
    // from callers that may impersonate it.
    if (has_key || event.caller_type == "User") call.credentials.add(CredentialSign::anywhere);
    return call;
}

CallDetails read_google_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    CallDetails details;
    details.model = event.model;
    scratch.subjects.clear();
    if (!event.resource.empty()) {
        scratch.subjects.push_back({.kind = SubjectKind::thing, .text = event.resource});
        if (topic == CallTopic::access_key) {
            // Anyone who uses the key calls as the service account.
            scratch.subjects.push_back(
                {.kind = SubjectKind::key_holder, .text = text::last_part(event.resource)});
        }
    }
    details.subjects = scratch.subjects;
    return details;
}

constexpr std::array k_google_topics = {
    TopicOfCall{.name = "CreateServiceAccountKey", .topic = CallTopic::access_key},
};

constexpr auto k_vertex_calls = std::to_array<std::string_view>(
    {"GenerateContent", "StreamGenerateContent", "Predict", "RawPredict", "StreamRawPredict",
     "EmbedContent", "ChatCompletions", "BidiGenerateContent", "CountTokens", "ListModels",
     "ListEndpoints", "ListPublisherModels", "DeployModel", "CreateEndpoint"});

constexpr auto k_sink_calls = std::to_array<std::string_view>({"DeleteSink", "UpdateSink"});

// A call's name is the part of the method after the last dot, which is not certain to be a token in
// the index. The names of services are tokens; for calls of any other service the name of the log
// is used.
std::string token_of_google(std::string_view call_name) {
    const auto is_one_of = [call_name](const auto& names) {
        return std::ranges::find(names, call_name) != names.end();
    };
    if (is_one_of(k_vertex_calls)) return "aiplatform.googleapis.com";
    if (is_one_of(k_sink_calls)) return "logging.googleapis.com";
    if (call_name == "CreateServiceAccountKey") return "iam.googleapis.com";
    return call_name == "CreateKey" ? "apikeys.googleapis.com" : "cloudaudit";
}

std::vector<std::string> stop_google_principal(const Suspect& suspect) {
    const std::string name = text::shell_word(suspect.name, "EMAIL");
    if (suspect.caller_type == "ServiceAccount") {
        std::vector<std::string> steps = {response_step(
            "Disable the service account; all its keys and the workloads that run as it stop",
            "gcloud iam service-accounts disable " + name)};
        if (!suspect.access_keys.empty()) {
            steps.push_back(response_step(
                "Disable the key of the service account; the programs that use it stop",
                "gcloud iam service-accounts keys disable " +
                    text::plain_word(suspect.access_keys.front(), "KEY_ID") +
                    " --iam-account=" + name));
        }
        return steps;
    }
    if (suspect.caller_type != "User") return {};
    return {
        response_step("Take the role in the project from the user; all that the role allows the "
                      "user to do stops",
                      "gcloud projects remove-iam-policy-binding " +
                          text::plain_word(suspect.account, "PROJECT_ID") +
                          " --member=user:" + name + " --role=ROLE --all")};
}

}  // namespace

const Log& vertex_ai() {
    static constexpr Log log = {
        .id = "vertex_ai",
        .label = "Google Cloud audit log",
        .mark = "protoPayload",
        .name_key = {},
        .sources = k_google_sources,
        .never_shows =
            "tokens, prompts, calls with a Gemini API key, anything about models while Data Access "
            "logs are off",
        .counts_once = true,
        .paths = k_google_paths,
        .recognises = recognises_google,
        .complete = complete_google,
        .usable_id = usable_google_id,
        .index_token = token_of_google,
        .interpret = interpret_google_call,
        .read_details = read_google_details,
        .topics = k_google_topics,
        .stop = stop_google_principal};
    return log;
}

}  // namespace cloudhijack::log
