#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace cloudhijack::log {

/// Who acts: the key of a row of mode=hunt.
struct Principal {
    std::string account;
    std::string name;       ///< as the log names it: of CloudTrail an ARN, if there is one
    bool one_actor = true;  ///< false for a name that stands for an account, or for nobody known

    auto operator<=>(const Principal&) const = default;
};

/// What names a principal, as views into an event.
struct PrincipalParts {
    std::string_view account;  ///< in which the call was made; text::k_unknown without one
    std::string_view name;
    std::string_view person;  ///< a person who uses a shared role; follows the name and a slash
    bool one_actor = true;

    /// Whether text::bounded() may cut them.
    [[nodiscard]] bool are_long() const;

    /// The principal. Of texts that are too long only what text::bounded() leaves.
    [[nodiscard]] Principal joined() const;
};

/// Whether a text is the id of an account: 12 digits.
bool is_account_id(std::string_view text);

/// The principal that a provider means when it names a user of an account, as AWS does when it
/// quarantines a key.
std::string user_principal(std::string_view account, std::string_view user);

/// The same for a role.
std::string role_principal(std::string_view account, std::string_view role);

/// The principal that stands for anyone who has a key of a resource, where a log does not say who
/// called.
std::string key_principal(std::string_view resource);
/// The same where a whole account has keys: `account <id>`.
std::string account_principal(std::string_view account);
/// Whether a principal's name stands for anyone who has a key, of a resource or of an account.
bool is_key_principal(std::string_view principal_name);
/// Whether it does so of an account.
bool is_account_principal(std::string_view principal_name);

/// The principal of what a log says of a resource without saying who called it.
std::string resource_principal(std::string_view resource);

/// How a sentence calls a principal: the last part of its name, `root` of an account's root.
std::string_view short_name(std::string_view principal_name);

/// A role's name without its path, as logs have it that know sessions only: of
/// `arn:aws:iam::111122223333:role/team/app` it is `arn:aws:iam::111122223333:role/app`. Any other
/// name as it is.
std::string without_path(std::string_view principal_name);

/// The user that a principal's name stands for; empty if it is not a user.
std::string_view user_of(std::string_view principal_name);

/// What principals that do the same work have in common in their names: people the role that they
/// share, roles a name without the parts that deployments change (CloudFormation's suffix, CDK's
/// hash, numbers). Empty for a principal without such a family, as users are.
std::string family_of(std::string_view principal_name);

/// What tells users and roles of an account apart whatever their path: `user/eve`, `role/app`, with
/// the person for a shared role. Calls that make them name them so. Any other principal's whole
/// name.
std::string actor_key(std::string_view principal_name);

/// The actor_key() of the user or role that a call made or changed, by its name.
std::string user_key(std::string_view user);
std::string role_key(std::string_view role);

/// The account in a role's ARN; empty for any other text.
std::string_view account_of_role(std::string_view arn);

/// Whether a type of caller stands for sessions of a role that others can assume.
bool is_role_session(std::string_view caller_type);

/// How reasons name a long-term access key.
inline constexpr std::string_view k_long_term_key = "long-term key";

}  // namespace cloudhijack::log
