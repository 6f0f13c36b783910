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

// As AWS writes the names of its services in place of an address.
bool is_service_address(std::string_view text) {
    return is_aws_service(text) && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

bool is_report(const Event& event) {
    return event.category == "NetworkActivity" || event.category == "Insight";
}

// A person at the console is no service.
bool is_invoked_by_service(const Event& event) {
    return is_aws_service(event.invoked_by) && event.invoked_by != "signin.amazonaws.com";
}

bool is_service_role(const Event& event) {
    return last_part(event.issuer).starts_with("AWSServiceRoleFor");
}

bool is_excluded(const Event& event) {
    return is_report(event) || event.caller_type == "AWSService" || is_invoked_by_service(event) ||
           is_service_role(event);
}

// Use that a service makes with a role which the customer gave it: a flow's, an agent's.
bool is_by_provider(const Event& event) {
    return is_invoked_by_service(event) && !is_report(event) && event.caller_type != "AWSService" &&
           event.issuer.contains(":role/") && !is_service_role(event);
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

CredentialSigns credentials_of(const Event& event) {
    CredentialSigns signs;
    if (event.caller_type == "IAMUser" || event.caller_type == "Root" ||
        event.caller_type == "FederatedUser" || event.bearer_token == "true") {
        signs.add(CredentialSign::anywhere);
    }
    if (!event.workload.empty() || !event.workload_type.empty()) signs.add(CredentialSign::scoped);
    if (!event.web_identity_provider.empty()) signs.add(CredentialSign::web_identity);
    if (event.caller_type == k_role_session && event.user_agent.contains("exec-env/AWS_")) {
        signs.add(CredentialSign::exec_env);
    }
    return signs;
}

// The notices of S3 and SQS have a source that begins with `aws:`.
bool recognises(const Event& event) {
    return !event.name.empty() && !event.source.empty() && !event.source.starts_with("aws:");
}

bool has_usable_id(const Event& event) { return text::is_uuid(event.id); }

Call interpret(const Event& event) {
    return {.principal = principal_parts_of(event),
            .outcome = outcome_of(event),
            .is_report = is_report(event),
            .is_excluded = is_excluded(event),
            .is_by_provider = is_by_provider(event),
            .is_data_event = event.category == "Data",
            .credentials = credentials_of(event),
            .source_service = is_service_address(event.source_address) ? event.source_address
                                                                       : std::string_view{},
            .has_long_term_key = event.access_key.starts_with("AKIA"),
            .has_bearer_key = event.bearer_token == "true"};
}

// --- what the call is about ---

constexpr std::array k_topics = {
    TopicOfCall{.name = "CreateUser", .topic = CallTopic::user},
    TopicOfCall{.name = "CreateAccessKey", .topic = CallTopic::access_key},
    TopicOfCall{.name = "CreateLoginProfile", .topic = CallTopic::login},
    TopicOfCall{.name = "UpdateLoginProfile", .topic = CallTopic::login},
    TopicOfCall{.name = "UpdateAccessKey", .topic = CallTopic::login},
    TopicOfCall{.name = "CreateRole", .topic = CallTopic::role},
    TopicOfCall{.name = "UpdateAssumeRolePolicy", .topic = CallTopic::role},
    TopicOfCall{.name = "AssumeRole", .topic = CallTopic::role_assumed},
    TopicOfCall{.name = "AttachUserPolicy", .topic = CallTopic::policy},
    TopicOfCall{.name = "PutUserPolicy", .topic = CallTopic::rights},
    TopicOfCall{.name = "AddUserToGroup", .topic = CallTopic::group_member},
    TopicOfCall{.name = "AttachGroupPolicy", .topic = CallTopic::group_policy},
    TopicOfCall{.name = "PutGroupPolicy", .topic = CallTopic::group_rights},
    TopicOfCall{.name = "CreatePolicy", .topic = CallTopic::policy_made},
    TopicOfCall{.name = "CreateServiceSpecificCredential", .topic = CallTopic::api_key},
    TopicOfCall{.name = "ResetServiceSpecificCredential", .topic = CallTopic::login},
    TopicOfCall{.name = "CreateIngressPoint", .topic = CallTopic::mail_relay},
    TopicOfCall{.name = "CreateRelay", .topic = CallTopic::mail_relay},
    TopicOfCall{.name = "RequestServiceQuotaIncrease", .topic = CallTopic::quota},
    TopicOfCall{.name = "PutServiceQuotaIncreaseRequestIntoTemplate", .topic = CallTopic::quota},
    TopicOfCall{.name = "StartAutoManagement", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateCase", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateSupportCase", .topic = CallTopic::quota},
    TopicOfCall{.name = "CreateEmailIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "UpdateEmailIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "PutIdentityPolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "PutResourcePolicy", .topic = CallTopic::resource_grant},
    TopicOfCall{.name = "StopLogging", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "DeleteTrail", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "UpdateTrail", .topic = CallTopic::trail},
    TopicOfCall{.name = "PutEventSelectors", .topic = CallTopic::trail},
    TopicOfCall{.name = "DeleteEventDataStore", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "StopEventDataStoreIngestion", .topic = CallTopic::trail_end},
    TopicOfCall{.name = "CreateTrail", .topic = CallTopic::trail},
    TopicOfCall{.name = "StartLogging", .topic = CallTopic::trail},
    TopicOfCall{.name = "DeleteLogGroup", .topic = CallTopic::log_group}};

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

// The user to whom AWS attaches the policy by which it locks a key that it found in public.
std::string_view quarantined_user(const Event& event, const RequestParameters& request) {
    const bool is_quarantine =
        event.source == "iam.amazonaws.com" && event.name == "AttachUserPolicy" &&
        last_part(request.policy_arn).starts_with("AWSCompromisedKeyQuarantine");
    return is_quarantine ? request.user_name : std::string_view{};
}

constexpr std::string_view k_mail_policy = "/AmazonSESFullAccess";

// A role's ARN. Only so much of it is kept, and whoever makes a role chooses its path, which can
// have 512 characters: of a longer ARN the path is left out, so that the name stays.
std::string_view assumed_role(const RequestParameters& request, std::string& text) {
    constexpr std::size_t longest = 256;
    constexpr std::string_view mark = ":role/";
    const std::string_view arn = request.role_arn;
    const auto path = arn.find(mark);
    if (arn.size() <= longest || path == std::string_view::npos) return arn;
    text = arn.substr(0, path + mark.size());
    text += last_part(arn);
    return text;
}

std::string_view trail_of(const RequestParameters& request) {
    for (const std::string_view trail :
         {request.trail_name, request.name, request.event_data_store}) {
        if (!trail.empty()) return last_part(trail);
    }
    return {};
}

// Whom or what a call of a topic is about, but for what it enables or removes.
void add_subjects(const Event& event, CallTopic topic, const RequestParameters& request,
                  DetailsScratch& scratch) {
    std::vector<CallSubject>& subjects = scratch.subjects;
    const auto add = [&subjects](CallSubject subject) {
        if (!subject.text.empty()) subjects.push_back(subject);
    };
    const auto attached_policy = [&request] { return last_part(request.policy_arn); };
    const bool attaches_mail = request.policy_arn.ends_with(k_mail_policy);
    const bool policy_allows_mail = request.policy != nullptr && request.policy->allows_mail;
    switch (topic) {
        case CallTopic::other:
            return;
        case CallTopic::user:
        case CallTopic::access_key:
        case CallTopic::login:
            return add({.kind = SubjectKind::user, .text = request.user_name});
        case CallTopic::api_key:
            add({.kind = SubjectKind::user, .text = request.user_name});
            return add({.kind = SubjectKind::api_key_service, .text = request.service_name});
        case CallTopic::role:
            return add(
                {.kind = SubjectKind::role,
                 .text = request.role_name,
                 .trust = request.policy == nullptr ? Trust::closed : request.policy->trust});
        case CallTopic::role_assumed:
            return add({.kind = SubjectKind::role, .text = assumed_role(request, scratch.joined)});
        case CallTopic::policy:
            return add({.kind = SubjectKind::user,
                        .text = request.user_name,
                        .via = attached_policy(),
                        .grants_mail = attaches_mail});
        case CallTopic::rights:
            return add({.kind = SubjectKind::user,
                        .text = request.user_name,
                        .grants_mail = policy_allows_mail});
        case CallTopic::group_member:
            return add(
                {.kind = SubjectKind::user, .text = request.user_name, .via = request.group_name});
        case CallTopic::group_policy:
            return add({.kind = SubjectKind::group,
                        .text = request.group_name,
                        .via = attached_policy(),
                        .grants_mail = attaches_mail});
        case CallTopic::group_rights:
            return add({.kind = SubjectKind::group,
                        .text = request.group_name,
                        .grants_mail = policy_allows_mail});
        case CallTopic::policy_made:
            return add({.kind = SubjectKind::policy,
                        .text = request.policy_name,
                        .grants_mail = policy_allows_mail});
        case CallTopic::mail_relay:
            return add({.kind = SubjectKind::mail_relay, .text = "SES Mail Manager"});
        case CallTopic::quota: {
            const std::string_view asked =
                joined({request.service_code, request.category_code, request.case_subject},
                       scratch.joined);
            return add({.kind = SubjectKind::quota, .text = asked.empty() ? event.name : asked});
        }
        case CallTopic::resource_grant:
            return;
        case CallTopic::trail:
        case CallTopic::trail_end:
            return add({.kind = SubjectKind::trail, .text = trail_of(request)});
        case CallTopic::log_group:
            return add({.kind = SubjectKind::log_group, .text = request.log_group_name});
    }
}

void add_grantees(const RequestParameters& request, std::string_view account,
                  std::vector<CallSubject>& subjects) {
    if (request.policy == nullptr) return;
    for (const PolicyGrantee& grantee : request.policy->grantees) {
        if (grantee.account == account) continue;
        subjects.push_back({.kind = SubjectKind::grantee,
                            .text = grantee.account,
                            .has_external_id = grantee.has_external_id});
    }
}

CallDetails read_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    const RequestParameters request = read_request(event.parameters, scratch);
    CallDetails details;
    details.messages = messages_of(event, request);
    details.model = last_part(request.model);
    scratch.subjects.clear();
    const std::string_view identity = mail_identity_of(request);
    const std::string_view thing = identity.empty() ? details.model : identity;
    if (!thing.empty()) scratch.subjects.push_back({.kind = SubjectKind::thing, .text = thing});
    add_subjects(event, topic, request, scratch);
    if (topic == CallTopic::role || topic == CallTopic::resource_grant) {
        add_grantees(request, account_of(event), scratch.subjects);
    }
    if (topic == CallTopic::policy) details.quarantined_user = quarantined_user(event, request);
    details.subjects = scratch.subjects;
    return details;
}

}  // namespace

const Log& cloudtrail() {
    static constexpr Log log = {.id = "cloudtrail",
                                .mark = "eventName",
                                .name_key = "eventName",
                                .first_key = "eventVersion",
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

}  // namespace cloudhijack::log
