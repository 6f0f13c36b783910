#include "detect/principal.hpp"

#include "detect/bounded_text.hpp"

namespace cloudhijack::detect {
namespace {

constexpr std::string_view k_unknown = "unknown";

bool is_aws_service(std::string_view name) {
    return name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
}

// Roles that people share: IAM Identity Center's, and those whose sessions say who uses them.
bool is_shared_by_people(const cloudtrail::Event& event) {
    return !event.source_identity.empty() ||
           last_part(event.issuer_arn).starts_with("AWSReservedSSO_");
}

std::string_view session_name(const cloudtrail::Event& event) {
    if (event.caller_arn.contains('/')) return last_part(event.caller_arn);
    const auto colon = event.caller_principal_id.rfind(':');
    return colon == std::string_view::npos ? std::string_view{}
                                           : event.caller_principal_id.substr(colon + 1);
}

std::string name_of_session(const cloudtrail::Event& event) {
    std::string name(event.issuer_arn);
    if (event.caller_type != "AssumedRole" || !is_shared_by_people(event)) return name;
    const std::string_view person =
        event.source_identity.empty() ? session_name(event) : event.source_identity;
    return person.empty() ? name : name + '/' + std::string(person);
}

}  // namespace

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string_view account_of(const cloudtrail::Event& event) {
    if (!event.recipient_account.empty()) return event.recipient_account;
    return event.caller_account.empty() ? k_unknown : event.caller_account;
}

Principal principal_of(const cloudtrail::Event& event) {
    Principal principal{.account = bounded(account_of(event)), .name = {}};
    const bool is_session =
        event.caller_type == "AssumedRole" || event.caller_type == "FederatedUser";
    if (is_session && !event.issuer_arn.empty()) {
        principal.name = bounded(name_of_session(event));
        return principal;
    }
    for (const std::string_view name :
         {event.caller_arn, event.access_key, event.caller_principal_id, event.caller_account,
          k_unknown}) {
        if (name.empty()) continue;
        principal.name = bounded(name);
        principal.one_actor = name != event.caller_account && name != k_unknown;
        break;
    }
    return principal;
}

bool is_no_call(const cloudtrail::Event& event) {
    return event.category == "NetworkActivity" || event.category == "Insight";
}

bool is_left_out(const cloudtrail::Event& event) {
    return is_no_call(event) || event.caller_type == "AWSService" ||
           is_aws_service(event.invoked_by) || is_aws_service(event.source_address) ||
           last_part(event.issuer_arn).starts_with("AWSServiceRoleFor");
}

}  // namespace cloudhijack::detect
