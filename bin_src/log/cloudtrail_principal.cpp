#include "log/cloudtrail_principal.hpp"

#include "text/bounded_text.hpp"

namespace cloudhijack::log {
namespace {

bool is_aws_service(std::string_view name) {
    return name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
}

// Roles that people share: IAM Identity Center's, and those whose sessions say who uses them.
bool is_shared_by_people(const Event& event) {
    return !event.source_identity.empty() ||
           last_part(event.issuer_arn).starts_with("AWSReservedSSO_");
}

std::string_view session_name(const Event& event) {
    if (event.caller_arn.contains('/')) return last_part(event.caller_arn);
    const auto colon = event.caller_principal_id.rfind(':');
    return colon == std::string_view::npos ? std::string_view{}
                                           : event.caller_principal_id.substr(colon + 1);
}

std::string_view person_behind(const Event& event) {
    if (event.caller_type != "AssumedRole" || !is_shared_by_people(event)) return {};
    return event.source_identity.empty() ? session_name(event) : event.source_identity;
}

}  // namespace

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view account_of(const Event& event) {
    if (!event.recipient_account.empty()) return event.recipient_account;
    return event.caller_account.empty() ? text::k_unknown : event.caller_account;
}

PrincipalParts principal_parts_of(const Event& event) {
    PrincipalParts parts{.account = account_of(event), .name = {}, .person = {}};
    const bool is_session =
        event.caller_type == "AssumedRole" || event.caller_type == "FederatedUser";
    if (is_session && !event.issuer_arn.empty()) {
        parts.name = event.issuer_arn;
        parts.person = person_behind(event);
        return parts;
    }
    for (const std::string_view name :
         {event.caller_arn, event.access_key, event.caller_principal_id, event.caller_account,
          text::k_unknown}) {
        if (name.empty()) continue;
        parts.name = name;
        parts.one_actor = name != event.caller_account && name != text::k_unknown;
        break;
    }
    return parts;
}

bool PrincipalParts::are_long() const {
    return account.size() > text::k_longest_text ||
           name.size() + person.size() >= text::k_longest_text;
}

Principal PrincipalParts::joined() const {
    std::string whole(name);
    if (!person.empty()) whole.append(1, '/').append(person);
    return {
        .account = text::bounded(account), .name = text::bounded(whole), .one_actor = one_actor};
}

Principal principal_of(const Event& event) { return principal_parts_of(event).joined(); }

bool is_no_call(const Event& event) {
    return event.category == "NetworkActivity" || event.category == "Insight";
}

bool is_left_out(const Event& event) {
    return is_no_call(event) || event.caller_type == "AWSService" ||
           is_aws_service(event.invoked_by) || is_aws_service(event.source_address) ||
           last_part(event.issuer_arn).starts_with("AWSServiceRoleFor");
}

}  // namespace cloudhijack::log
