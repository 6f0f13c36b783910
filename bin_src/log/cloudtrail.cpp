// AWS CloudTrail: its records as such, delivered by EventBridge, as a file in S3, and as `aws
// cloudtrail lookup-events` prints them; and what AWS means by them.

#include "log/cloudtrail.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "log/cloudtrail_request.hpp"
#include "text/bounded_text.hpp"
#include "text/path.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

using text::last_part;

constexpr ShapePath in_raw_only(std::string_view path, std::string_view Event::* field) {
    return {.path = path, .holds = Holds::text, .field = field, .in_columns = false};
}

constexpr std::array k_cloudtrail_paths = {
    ShapePath{.path = "eventTime", .field = &Event::time_text},
    ShapePath{.path = "eventSource", .field = &Event::source},
    ShapePath{.path = "eventName", .field = &Event::name},
    ShapePath{.path = "errorCode", .field = &Event::error_code},
    ShapePath{.path = "userIdentity.type", .field = &Event::caller_type},
    ShapePath{.path = "userIdentity.arn", .field = &Event::caller},
    ShapePath{.path = "userIdentity.principalId", .field = &Event::caller_id},
    ShapePath{.path = "sourceIPAddress", .field = &Event::source_address},
    ShapePath{.path = "awsRegion", .field = &Event::region},
    in_raw_only("errorMessage", &Event::error_message),
    in_raw_only("eventID", &Event::id),
    in_raw_only("eventCategory", &Event::category),
    in_raw_only("recipientAccountId", &Event::account),
    in_raw_only("userAgent", &Event::user_agent),
    in_raw_only("userIdentity.accountId", &Event::caller_account),
    in_raw_only("userIdentity.accessKeyId", &Event::access_key),
    in_raw_only("userIdentity.invokedBy", &Event::invoked_by),
    in_raw_only("userIdentity.inScopeOf.issuerType", &Event::workload_type),
    in_raw_only("userIdentity.inScopeOf.credentialsIssuedTo", &Event::workload),
    in_raw_only("userIdentity.sessionContext.sessionIssuer.arn", &Event::issuer),
    in_raw_only("userIdentity.sessionContext.sourceIdentity", &Event::source_identity),
    in_raw_only("userIdentity.sessionContext.webIdFederationData.federatedProvider",
                &Event::web_identity_provider),
    in_raw_only("additionalEventData.callWithBearerToken", &Event::bearer_token),
    ShapePath{.path = "requestParameters", .holds = Holds::object, .field = &Event::parameters},
    ShapePath{.path = "detail", .holds = Holds::record},
    ShapePath{.path = "CloudTrailEvent", .holds = Holds::record_text},
    ShapePath{.path = "Records", .holds = Holds::records},
    ShapePath{.path = "Events", .holds = Holds::records},
};

// --- who called ---

constexpr std::string_view k_role_session = "AssumedRole";

bool is_aws_service(std::string_view name) {
    return name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
}

// Roles that people share: IAM Identity Center's, and those whose sessions say who uses them.
bool is_shared_by_people(const Event& event) {
    return !event.source_identity.empty() || last_part(event.issuer).starts_with("AWSReservedSSO_");
}

std::string_view session_name(const Event& event) {
    if (event.caller.contains('/')) return last_part(event.caller);
    const auto colon = event.caller_id.rfind(':');
    return colon == std::string_view::npos ? std::string_view{} : event.caller_id.substr(colon + 1);
}

std::string_view person_behind(const Event& event) {
    if (event.caller_type != k_role_session || !is_shared_by_people(event)) return {};
    return event.source_identity.empty() ? session_name(event) : event.source_identity;
}

std::string_view account_of(const Event& event) {
    if (!event.account.empty()) return event.account;
    return event.caller_account.empty() ? text::k_unknown : event.caller_account;
}

PrincipalParts principal_parts_of(const Event& event) {
    PrincipalParts parts{.account = account_of(event), .name = {}, .person = {}};
    const bool is_session =
        event.caller_type == k_role_session || event.caller_type == "FederatedUser";
    if (is_session && !event.issuer.empty()) {
        parts.name = event.issuer;
        parts.person = person_behind(event);
        return parts;
    }
    for (const std::string_view name :
         {event.caller, event.access_key, event.caller_id, event.caller_account, text::k_unknown}) {
        if (name.empty()) continue;
        parts.name = name;
        parts.one_actor = name != event.caller_account && name != text::k_unknown;
        break;
    }
    return parts;
}

// --- what the event is, and how the call ended ---

bool is_report(const Event& event) {
    return event.category == "NetworkActivity" || event.category == "Insight";
}

bool is_excluded(const Event& event) {
    return is_report(event) || event.caller_type == "AWSService" ||
           is_aws_service(event.invoked_by) || is_aws_service(event.source_address) ||
           last_part(event.issuer).starts_with("AWSServiceRoleFor");
}

Outcome outcome_of(const Event& event) {
    const std::string_view code = event.error_code;
    if (code.empty() || code == "200") return Outcome::ok;  // real records have "200" on a success
    if (code.starts_with("AccessDenied") || code == "UnauthorizedOperation" ||
        code == "AuthorizationError") {
        return Outcome::denied;
    }
    // "max_tokens_to_sample: range: 1..1,000,000" is the known key checker's; "max_tokens: 8000 >
    // 4096, which is the maximum allowed" is an everyday mistake.
    static const re2::RE2 out_of_range(
        R"(max_?tokens\w*.*(range: *\d|greater than or equal|at least|minimum))");
    const bool is_probe =
        code == "ValidationException" && re2::RE2::PartialMatch(event.error_message, out_of_range);
    return is_probe ? Outcome::probe : Outcome::failed;
}

// Addresses of calls from inside a cloud are the cloud's, and change as it likes.
bool has_cloud_sign(const Event& event) {
    return !event.workload.empty() || !event.workload_type.empty() ||
           !event.web_identity_provider.empty() ||
           (event.caller_type == k_role_session && event.user_agent.contains("exec-env/AWS_"));
}

bool recognises(const Event& event) { return !event.source.empty() || !event.name.empty(); }

bool has_usable_id(const Event& event) { return text::is_uuid(event.id); }

Call interpret(const Event& event) {
    return {.principal = principal_parts_of(event),
            .outcome = outcome_of(event),
            .is_report = is_report(event),
            .is_excluded = is_excluded(event),
            .is_data_event = event.category == "Data",
            .has_cloud_sign = has_cloud_sign(event),
            .has_long_term_key = event.access_key.starts_with("AKIA"),
            .has_bearer_key = event.bearer_token == "true"};
}

// --- what the call is about ---

constexpr std::array k_topics = {
    TopicOfCall{.name = "CreateUser", .topic = CallTopic::user},
    TopicOfCall{.name = "CreateAccessKey", .topic = CallTopic::user},
    TopicOfCall{.name = "AttachUserPolicy", .topic = CallTopic::policy},
    TopicOfCall{.name = "PutUserPolicy", .topic = CallTopic::rights},
    TopicOfCall{.name = "CreateServiceSpecificCredential", .topic = CallTopic::api_key},
    TopicOfCall{.name = "RequestServiceQuotaIncrease", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateCase", .topic = CallTopic::quota},
};

// One event can be many messages. More than the API takes are not believed.
std::uint8_t messages_of(const Event& event, const RequestParameters& request) {
    constexpr std::uint64_t most_batch_entries = 10;
    std::uint64_t messages = 1;
    if (event.source == "ses.amazonaws.com") {
        messages = std::clamp<std::uint64_t>(request.recipients, 1, k_most_messages);
    } else if (event.source == "sns.amazonaws.com") {
        messages = std::clamp<std::uint64_t>(request.batch_entries, 1, most_batch_entries);
    }
    return static_cast<std::uint8_t>(messages);
}

std::string_view mail_identity_of(const RequestParameters& request) {
    for (const std::string_view identity :
         {request.email_identity, request.email_address, request.domain, request.identity}) {
        if (!identity.empty()) return identity;
    }
    return {};
}

std::string_view joined(std::initializer_list<std::string_view> parts, std::string& text) {
    text.clear();
    for (const std::string_view part : parts) {
        if (!text.empty() && !part.empty()) text += ' ';
        text += part;
    }
    return text;
}

std::string_view subject_of(CallTopic topic, const RequestParameters& request, std::string& text) {
    if (topic == CallTopic::api_key) return request.service_name;
    if (topic != CallTopic::quota) return request.user_name;
    return joined({request.service_code, request.category_code, request.case_subject}, text);
}

// The user to whom AWS attaches the policy by which it locks a key that it found in public.
std::string_view quarantined_user(const Event& event, const RequestParameters& request) {
    const bool is_quarantine =
        event.source == "iam.amazonaws.com" && event.name == "AttachUserPolicy" &&
        last_part(request.policy_arn).starts_with("AWSCompromisedKeyQuarantine");
    return is_quarantine ? request.user_name : std::string_view{};
}

bool grants_mail(const Event& event, const RequestParameters& request) {
    return (event.name == "AttachUserPolicy" &&
            request.policy_arn.ends_with("/AmazonSESFullAccess")) ||
           (event.name == "PutUserPolicy" && request.policy_allows_mail);
}

CallDetails read_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    const RequestParameters request = read_request(event.parameters, scratch);
    CallDetails details;
    details.messages = messages_of(event, request);
    details.model = last_part(request.model);
    details.mail_identity = mail_identity_of(request);
    details.subject = subject_of(topic, request, scratch.joined);
    if (topic == CallTopic::policy || topic == CallTopic::rights) {
        details.quarantined_user = quarantined_user(event, request);
        details.grants_mail = grants_mail(event, request);
    }
    return details;
}

}  // namespace

const Log& cloudtrail() {
    static constexpr Log log = {.id = "cloudtrail",
                                .mark = "eventName",
                                .name_key = "eventName",
                                .source = {},
                                .is_compact = true,
                                .paths = k_cloudtrail_paths,
                                .recognises = recognises,
                                .has_usable_id = has_usable_id,
                                .interpret = interpret,
                                .read_details = read_details,
                                .topics = k_topics};
    return log;
}

bool is_role_session(std::string_view caller_type) { return caller_type == k_role_session; }

std::string user_principal(std::string_view account, std::string_view user) {
    return "arn:aws:iam::" + std::string(account) + ":user/" + std::string(user);
}

std::string_view user_of(std::string_view principal_name) {
    return principal_name.contains(":user/") ? last_part(principal_name) : std::string_view{};
}

}  // namespace cloudhijack::log
