#include "log/aws_details.hpp"

#include <algorithm>

#include "log/aws_call.hpp"
#include "log/aws_request.hpp"
#include "text/path.hpp"

namespace cloudhijack::log {
namespace {

using text::last_part;

// One event can send many messages. The number is limited to what the API accepts, as a record may
// be forged.
std::uint16_t messages_of(const Event& event, const RequestParameters& request) {
    constexpr std::uint64_t most_recipients = 50;
    constexpr std::uint64_t most_batch_entries = 10;
    std::uint64_t messages = 1;
    if (event.source == "ses.amazonaws.com") {
        messages = std::clamp<std::uint64_t>(request.recipients, 1, most_recipients);
    } else if (event.source == "sns.amazonaws.com") {
        messages = std::clamp<std::uint64_t>(request.batch_entries, 1, most_batch_entries);
    }
    return static_cast<std::uint16_t>(messages);
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

// The user whose key AWS found in public and locks by attaching this policy; otherwise empty.
std::string_view quarantined_user(const Event& event, const RequestParameters& request) {
    const bool is_quarantine =
        event.source == "iam.amazonaws.com" && event.name == "AttachUserPolicy" &&
        last_part(request.policy_arn).starts_with("AWSCompromisedKeyQuarantine");
    return is_quarantine ? request.user_name : std::string_view{};
}

constexpr std::string_view k_mail_policy = "/AmazonSESFullAccess";

// The ARN of the assumed role. Only 256 bytes are kept. The creator of a role chooses its path,
// which can have 512 characters, so a longer ARN loses its path and keeps the name.
std::string_view assumed_role(const RequestParameters& request, std::string& text) {
    constexpr std::size_t longest = 256;
    constexpr std::string_view path_start = ":role/";
    const std::string_view arn = request.role_arn;
    const auto path = arn.find(path_start);
    if (arn.size() <= longest || path == std::string_view::npos) return arn;
    text = arn.substr(0, path + path_start.size());
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

// Adds the subjects of a call of a topic, apart from things that it enables or removes.
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
        case CallTopic::key_read:  // AWS resources have no keys
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

}  // namespace

CallDetails read_aws_details(const Event& event, CallTopic topic, DetailsScratch& scratch) {
    const RequestParameters request = read_request(event.parameters, scratch);
    CallDetails details;
    details.messages = messages_of(event, request);
    details.model = last_part(request.model);
    details.has_bearer_key = request.has_bearer_key;
    details.is_omitted = request.is_omitted;
    scratch.subjects.clear();
    const std::string_view identity = mail_identity_of(request);
    const std::string_view thing = identity.empty() ? details.model : identity;
    if (!thing.empty()) scratch.subjects.push_back({.kind = SubjectKind::thing, .text = thing});
    add_subjects(event, topic, request, scratch);
    if (topic == CallTopic::role || topic == CallTopic::resource_grant) {
        add_grantees(request, aws_account_of(event), scratch.subjects);
    }
    if (topic == CallTopic::policy) details.quarantined_user = quarantined_user(event, request);
    details.subjects = scratch.subjects;
    return details;
}

}  // namespace cloudhijack::log
