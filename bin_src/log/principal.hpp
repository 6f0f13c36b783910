#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace cloudhijack::log {

/// The actor of a call: the key of a row of mode=hunt.
struct Principal {
    std::string account;
    std::string name;       ///< the name in the log: for CloudTrail an ARN, if there is one
    bool one_actor = true;  ///< false if the name means a whole account or an unknown caller

    auto operator<=>(const Principal&) const = default;
};

/// The parts of a principal's name, as views into an event.
struct PrincipalParts {
    std::string_view account;  ///< the account of the call; text::k_unknown if there is none
    std::string_view name;
    std::string_view
        person;  ///< a person who uses a shared role; appended to the name after a slash
    bool one_actor = true;

    /// Whether text::bounded() may shorten the parts.
    [[nodiscard]] bool are_long() const;

    /// The principal, with texts shortened by text::bounded().
    [[nodiscard]] Principal joined() const;
};

/// Whether a text is the id of an AWS account: 12 digits.
bool is_account_id(std::string_view text);

/// The principal of a user whom a record names by account and user name, as AWS does when it
/// quarantines a key.
std::string user_principal(std::string_view account, std::string_view user);

/// The same for a role.
std::string role_principal(std::string_view account, std::string_view role);

/// The principal that represents anyone who has a key of a resource, for logs that do not name the
/// caller.
std::string key_principal(std::string_view resource);
/// The same for keys of a whole account: `account <id>`.
std::string account_principal(std::string_view account);
/// Whether a principal's name represents anyone who has a key of a resource or an account.
bool is_key_principal(std::string_view principal_name);
/// Whether a principal's name represents anyone who has a key of an account.
bool is_account_principal(std::string_view principal_name);
/// The resource or account in such a name; empty for any other principal.
std::string_view key_resource(std::string_view principal_name);

/// The principal for facts about a resource in a log that does not say who called it.
std::string resource_principal(std::string_view resource);

/// The name of a principal in a sentence: the last part of its name; `root` for an account's root
/// user.
std::string_view short_name(std::string_view principal_name);

/// A role's name without its path, as in logs that know only sessions:
/// `arn:aws:iam::111122223333:role/app` for `arn:aws:iam::111122223333:role/team/app`. Any other
/// name is unchanged.
std::string without_path(std::string_view principal_name);

/// The user name in a principal's name; empty if it is not a user.
std::string_view user_of(std::string_view principal_name);

/// The common part in the names of principals that do the same work. For people it is the role that
/// they share; for roles, the name without the parts that deployments change (CloudFormation's
/// suffix, CDK's hash, numbers). Empty for a principal without such a family, such as a user.
std::string family_of(std::string_view principal_name);

/// The key that distinguishes the users and roles of an account without their paths: `user/eve`,
/// `role/app`. Calls that create users and roles name them like this. For any other principal it is
/// the whole name.
std::string actor_key(std::string_view principal_name);

/// The actor_key() of a user or role that a call created or changed, from its name.
std::string user_key(std::string_view user);
std::string role_key(std::string_view role);

/// The account in the ARN of a role; empty for any other text.
std::string_view account_of_role(std::string_view arn);

/// Whether a type of caller means a session of a role that others can assume.
bool is_role_session(std::string_view caller_type);

/// The name of a long-term access key in reasons.
inline constexpr std::string_view k_long_term_key = "long-term key";

}  // namespace cloudhijack::log
