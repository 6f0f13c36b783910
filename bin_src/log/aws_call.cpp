#include "log/aws_call.hpp"

#include <re2/re2.h>

#include <algorithm>

#include "text/bounded_text.hpp"
#include "text/path.hpp"

namespace cloudhijack::log {
namespace {

using text::last_part;

// --- who called ---

constexpr std::string_view k_role_session = "AssumedRole";

bool is_aws_service(std::string_view name) {
    return std::ranges::any_of(k_aws_sources,
                               [name](std::string_view end) { return name.ends_with(end); });
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

PrincipalParts principal_parts_of(const Event& event) {
    PrincipalParts parts{.account = aws_account_of(event), .name = {}, .person = {}};
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

bool is_throttled(std::string_view code) {
    return code == "ThrottlingException" || code == "TooManyRequestsException" ||
           code == "ServiceQuotaExceededException" || code.starts_with("LimitExceeded");
}

Outcome outcome_of(const Event& event) {
    const std::string_view code = event.error_code;
    if (code.empty() || code == "200") return Outcome::ok;  // real records have "200" on a success
    if (code.starts_with("AccessDenied") || code == "UnauthorizedOperation" ||
        code == "AuthorizationError") {
        return Outcome::denied;
    }
    if (is_throttled(code)) return Outcome::throttled;
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

}  // namespace

std::string_view aws_account_of(const Event& event) {
    if (!event.account.empty()) return event.account;
    return event.caller_account.empty() ? text::k_unknown : event.caller_account;
}

Call interpret_aws_call(const Event& event) {
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

bool is_role_session(std::string_view caller_type) { return caller_type == k_role_session; }

}  // namespace cloudhijack::log
