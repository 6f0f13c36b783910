// The commands that stop a principal of AWS.

#include "log/aws_response.hpp"

#include <algorithm>
#include <set>

#include "log/aws_arn.hpp"
#include "log/aws_call.hpp"
#include "log/principal.hpp"
#include "text/path.hpp"
#include "text/shell_word.hpp"

namespace cloudhijack::log {
namespace {

constexpr std::string_view k_policy_name = "CloudhijackQuarantine";

bool is_long_term_key(std::string_view key) {
    return key.starts_with("AKIA") && text::plain_word(key, {}) == key;
}

std::string in_account(std::string_view account) {
    return is_account_id(account) ? " in account " + std::string(account) : std::string();
}

std::string deny_policy(std::string_view actions, std::string_view condition = {}) {
    std::string policy = R"('{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":)";
    return policy.append(actions).append(R"(,"Resource":"*")").append(condition).append("}]}'");
}

std::vector<std::string> stop_user(std::string_view account, std::string_view user,
                                   std::string_view key) {
    const std::string name = text::shell_word(text::last_part(user), "USER_NAME");
    std::vector<std::string> steps = {response_step(
        "Deny everything to the user" + in_account(account) +
            "; all its keys and sessions and the programs that use them stop",
        "aws iam put-user-policy --user-name " + name + " --policy-name " +
            std::string(k_policy_name) + " --policy-document " + deny_policy(R"("*")"))};
    if (!key.empty()) {
        steps.push_back(response_step(
            "Disable the access key" + in_account(account) + "; the programs that use it stop",
            "aws iam update-access-key --user-name " + name + " --access-key-id " +
                std::string(key) + " --status Inactive"));
    }
    return steps;
}

// `"bedrock:*"`, or a list if there are several; `"*"` if there are none.
std::string actions_of(std::span<const std::string_view> sources) {
    std::set<std::string> actions;
    for (std::string_view source : sources) {
        if (source == "bedrock-invocations") source = "bedrock";
        const std::string service = text::plain_word(source.substr(0, source.find('.')), {});
        if (!service.empty()) actions.insert('"' + service + R"(:*")");
    }
    if (actions.empty()) return R"("*")";
    std::string list;
    for (const std::string& action : actions) list += (list.empty() ? "" : ",") + action;
    return actions.size() == 1 ? list : '[' + list + ']';
}

// The name of a role in a principal's name after `role/`; empty if it is not certain. A path comes
// before it, and the person who uses the role after it: an attacker who chooses the person's name
// could direct the command at another role.
std::string_view role_name_of(std::string_view rest) {
    return rest.contains('/') ? std::string_view{} : rest;
}

std::vector<std::string> stop_role(std::string_view account, std::string_view rest,
                                   std::span<const std::string_view> used_sources) {
    const std::string role = text::shell_word(role_name_of(rest), "ROLE_NAME");
    const std::string actions = actions_of(used_sources);
    const std::string put_policy = "aws iam put-role-policy --role-name " + role;
    // The shell puts the current time between two quoted parts of the policy.
    const std::string older = deny_policy(
        R"("*")", R"x(,"Condition":{"DateLessThan":{"aws:TokenIssueTime":"'"$(date -u )x"
                  R"x(+%Y-%m-%dT%H:%M:%SZ)"'"}})x");
    return {response_step(
                "Revoke the sessions of the role" + in_account(account) +
                    "; its workloads fail until they have a new session",
                put_policy + " --policy-name AWSRevokeOlderSessions --policy-document " + older),
            response_step((actions == R"("*")" ? "Deny everything to the role"
                                               : "Deny the services that it used to the role") +
                              in_account(account) + "; its workloads can no longer use them",
                          put_policy + " --policy-name " + std::string(k_policy_name) +
                              " --policy-document " + deny_policy(actions))};
}

std::vector<std::string> stop_root(std::string_view account, std::string_view key) {
    if (key.empty()) {
        return {response_step("Change the password of the root user" + in_account(account) +
                                  " and delete its access keys; programs that use them stop",
                              "sign in as the root user at "
                              "https://console.aws.amazon.com/iam/home#/security_credentials")};
    }
    return {response_step(
        "Disable the access key of the root user" + in_account(account) +
            ", signed in as the root user; the programs that use it stop",
        "aws iam update-access-key --access-key-id " + std::string(key) + " --status Inactive")};
}

// For a record that names the caller only by its key.
std::vector<std::string> stop_key(std::string_view key) {
    const std::string id = "--access-key-id " + std::string(key);
    return {response_step("Disable the access key; the programs that use it stop",
                          "aws iam update-access-key " + id +
                              " --status Inactive --user-name \"$(aws iam "
                              "get-access-key-last-used " +
                              id + " --query UserName --output text)\"")};
}

std::vector<std::string> stop_person(std::string_view account, std::string_view person_id) {
    const std::string target =
        is_account_id(account) ? std::string(account) : std::string("ACCOUNT_ID");
    return {response_step(
        "Remove the access that IAM Identity Center gives the person to the account; the person "
        "cannot begin new sessions, but open ones last until they expire",
        "aws sso-admin delete-account-assignment --instance-arn INSTANCE_ARN --permission-set-arn "
        "PERMISSION_SET_ARN --principal-type USER --principal-id " +
            text::plain_word(person_id, "USER_ID") + " --target-type AWS_ACCOUNT --target-id " +
            target)};
}

}  // namespace

std::vector<std::string> stop_aws_principal(const Suspect& suspect) {
    const auto found = std::ranges::find_if(suspect.access_keys, is_long_term_key);
    const std::string_view key = found == suspect.access_keys.end() ? std::string_view{} : *found;
    const std::string_view name = suspect.name;
    constexpr std::string_view person = "identitycenter/";
    if (name.starts_with(person)) return stop_person(suspect.account, name.substr(person.size()));
    if (is_long_term_key(name)) return stop_key(name);
    const CallerArn arn = caller_arn_of(name);
    if (arn.kind == "user") return stop_user(arn.account, name, key);
    if (arn.kind == "root") return stop_root(arn.account, key);
    if (arn.kind != "role") return {};
    // Only IAM Identity Center can make roles with this path.
    if (name.contains(":role/aws-reserved/sso.amazonaws.com/")) {
        return stop_person(arn.account, {});
    }
    constexpr std::string_view role = ":role/";
    const auto found_role = name.find(role);
    const std::string_view role_name = found_role == std::string_view::npos
                                           ? std::string_view{}
                                           : name.substr(found_role + role.size());
    return stop_role(arn.account, role_name, suspect.used_sources);
}

}  // namespace cloudhijack::log
