#include "log/aws_call.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "log/aws_arn.hpp"
#include "text/bounded_text.hpp"
#include "text/path.hpp"
#include "text/uuid.hpp"

namespace cloudhijack::log {
namespace {

using text::last_part;

// --- who called ---

constexpr std::string_view k_role_session = "AssumedRole";
constexpr std::string_view k_user = "IAMUser";
constexpr std::string_view k_identity_center_user = "IdentityCenterUser";
constexpr std::string_view k_identity_center = "identitycenter";

bool is_aws_service(std::string_view name) {
    return std::ranges::any_of(k_aws_sources,
                               [name](std::string_view end) { return name.ends_with(end); });
}

// Whether people share the role: true for IAM Identity Center's roles, and for roles whose sessions
// name their user.
bool is_shared_by_people(const Event& event) {
    return !event.source_identity.empty() || last_part(event.issuer).starts_with("AWSReservedSSO_");
}

std::string_view session_name(const Event& event) {
    if (event.caller.contains('/')) return last_part(event.caller);
    const auto colon = event.caller_id.rfind(':');
    return colon == std::string_view::npos ? std::string_view{} : event.caller_id.substr(colon + 1);
}

// The person who uses a role's session, if the record names one: by the source identity or the
// session name of a shared role, or as the user for whom a program acts.
std::string_view person_of_session(const Event& event) {
    if (event.caller_type != k_role_session) return {};
    if (!is_shared_by_people(event)) return event.on_behalf_of;
    return event.source_identity.empty() ? session_name(event) : event.source_identity;
}

// The id of a role, for a record that names the session only as `AROA...:session`.
std::string_view role_id_of(const Event& event) {
    const bool is_role = event.caller_type == k_role_session && event.caller_id.contains(':');
    return is_role ? event.caller_id.substr(0, event.caller_id.find(':')) : std::string_view{};
}

PrincipalParts principal_parts_of(const Event& event) {
    PrincipalParts parts{.account = aws_account_of(event), .name = {}, .person = {}};
    if (event.caller_type == k_identity_center_user && !event.on_behalf_of.empty()) {
        parts.name = k_identity_center;
        parts.person = event.on_behalf_of;
        return parts;
    }
    const bool is_session = event.caller_type == k_role_session || event.caller_type.empty() ||
                            event.caller_type == "FederatedUser";
    if (is_session && !event.issuer.empty()) {
        parts.name = event.issuer;
        parts.person = person_of_session(event);
        return parts;
    }
    for (const std::string_view name : {event.caller, role_id_of(event), event.access_key,
                                        event.caller_id, event.caller_account, text::k_unknown}) {
        if (name.empty()) continue;
        parts.name = name;
        parts.one_actor = name != event.caller_account && name != text::k_unknown;
        break;
    }
    return parts;
}

// --- the kind of event, and the outcome of the call ---

// Only the network activity event of the endpoint shows such a call.
constexpr std::string_view k_denied_by_endpoint = "VpceAccessDenied";

// Whether AWS wrote the name of a service in place of an address.
bool is_service_address(std::string_view text) {
    return is_aws_service(text) && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
           });
}

// Calls that a person makes in the console are not made by a service.
bool is_invoked_by_service(const Event& event) {
    return is_aws_service(event.invoked_by) &&
           !event.invoked_by.starts_with("signin.amazonaws.com");
}

bool is_service_role(const Event& event) {
    return last_part(event.issuer).starts_with("AWSServiceRoleFor");
}

bool is_excluded(const Event& event) {
    return is_aws_report(event) || event.caller_type == "AWSService" ||
           is_invoked_by_service(event) || is_service_role(event);
}

// Whether a service made the call with a role that the customer gave it, such as that of a flow or
// an agent.
bool is_by_provider(const Event& event) {
    return is_invoked_by_service(event) && !is_aws_report(event) &&
           event.caller_type != "AWSService" && event.issuer.contains(":role/") &&
           !is_service_role(event);
}

bool is_throttled(std::string_view code) {
    return code == "ThrottlingException" || code == "TooManyRequestsException" ||
           code == "ServiceQuotaExceededException" || code.starts_with("LimitExceeded");
}

// Key checkers provoke these errors on purpose: a negative number of tokens, no message at all, or
// a model for which the use case form was not submitted. "max_tokens: 8000 > 4096, which is the
// maximum allowed" and "8192 is not less or equal to 8191" are everyday mistakes.
bool is_probe(const Event& event) {
    if (event.error_code != "ValidationException" &&
        event.error_code != "ResourceNotFoundException") {
        return false;
    }
    static const re2::RE2 words(
        R"((?is)max_?tokens\w*.*(range: *\d|greater than or equal|greater or equal|at least|minimum))"
        R"(|malformed input request.*is not greater or equal to)"
        R"(|at least one message is required)"
        R"(|use case details have not been submitted)");
    return re2::RE2::PartialMatch(event.error_message, words);
}

Outcome outcome_of(const Event& event) {
    const std::string_view code = event.error_code;
    if (code.empty() || code == "200") return Outcome::ok;  // real records have "200" on a success
    if (code.starts_with("AccessDenied") || code == "UnauthorizedOperation" ||
        code == "AuthorizationError" || code == k_denied_by_endpoint) {
        return Outcome::denied;
    }
    if (is_throttled(code)) return Outcome::throttled;
    return is_probe(event) ? Outcome::probe : Outcome::failed;
}

// Whether the call used the access key of a user, or session credentials made from one. The
// credentials that the console gives to a user who logs in look like the latter and do not count.
bool has_long_term_key(const Event& event) {
    if (event.access_key.starts_with("AKIA")) return true;
    return event.caller_type == k_user && event.access_key.starts_with("ASIA") &&
           event.console_session != "true" && !event.user_agent.starts_with("Mozilla/");
}

CredentialSigns credentials_of(const Event& event) {
    CredentialSigns signs;
    if (event.caller_type == k_user || event.caller_type == "Root" ||
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

}  // namespace

void complete_aws_call(Event& event, EventTexts& texts) {
    const bool is_person =
        event.caller_type == k_identity_center_user && !event.on_behalf_of.empty();
    if (is_person && event.caller.empty() && event.caller_id.empty()) {
        std::string& caller = texts.next() = k_identity_center;
        caller += '/';
        caller += event.on_behalf_of;
        event.caller = caller;
    }
    const bool may_be_session = event.caller_type == k_role_session || event.caller_type.empty();
    if (!may_be_session || !event.issuer.empty()) return;
    const CallerArn arn = caller_arn_of(event.caller);
    if (!is_role_session(arn) || arn.name.empty()) return;
    std::string& role = texts.next();
    write_role_of_session(arn, role);
    event.issuer = role;
}

bool is_aws_report(const Event& event) {
    return event.category == "Insight" ||
           (event.category == "NetworkActivity" && event.error_code != k_denied_by_endpoint);
}

std::string_view usable_aws_id(const Event& event) {
    constexpr std::size_t shortest = 8;  // the shortest request id that services make up themselves
    if (text::is_nonzero_uuid(event.id)) return event.id;
    const std::string_view request = text::nonzero_id(event.correlation);
    return request.size() < shortest ? std::string_view{} : request;
}

std::string_view aws_account_of(const Event& event) {
    if (!event.account.empty()) return event.account;
    return event.caller_account.empty() ? text::k_unknown : event.caller_account;
}

Call interpret_aws_call(const Event& event) {
    return {.principal = principal_parts_of(event),
            .outcome = outcome_of(event),
            .is_report = is_aws_report(event),
            .is_excluded = is_excluded(event),
            .is_by_provider = is_by_provider(event),
            .is_data_event = event.category == "Data",
            .credentials = credentials_of(event),
            .source_service = is_service_address(event.source_address) ? event.source_address
                                                                       : std::string_view{},
            .has_long_term_key = has_long_term_key(event),
            .has_bearer_key = event.bearer_token == "true"};
}

bool is_role_session(std::string_view caller_type) { return caller_type == k_role_session; }

}  // namespace cloudhijack::log
