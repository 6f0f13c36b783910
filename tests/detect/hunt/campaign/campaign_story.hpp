#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/story.hpp"

namespace cloudhijack::detect {

using List = std::vector<std::string>;

/// A configuration that reads role sessions.
inline constexpr std::string_view k_with_role_sessions = "[service:links]\ndisabled = false\n";

/// Trusts of a role, as in the documents of CreateRole and UpdateAssumeRolePolicy.
inline constexpr std::string_view k_open_trust = R"("Principal":{"AWS":"999999999999"})";
inline constexpr std::string_view k_partner_trust =
    R"("Principal":{"AWS":"999999999999"},"Condition":{"StringEquals":{"sts:ExternalId":"x"}})";
inline constexpr std::string_view k_closed_trust =
    R"("Principal":{"Service":"lambda.amazonaws.com"})";

/// A principal that calls from one address; seconds are counted from 10:00:00.
struct Caller {
    std::string name;  ///< `user/eve`, `role/app`, with or without a path
    std::string address = "198.51.100.1";
    std::string account = "111122223333";
    std::string agent = "aws-cli";

    [[nodiscard]] std::string arn() const { return "arn:aws:iam::" + account + ":" + name; }
    [[nodiscard]] StoryEvent calls(std::string call, std::int64_t second,
                                   std::string parameters = "{}") const;
    /// A call that makes a user, or a credential of the user.
    [[nodiscard]] StoryEvent makes(std::string_view user, std::int64_t second,
                                   std::string call = "CreateUser") const;
    [[nodiscard]] StoryEvent makes_role(std::string_view role, std::string_view trust,
                                        std::int64_t second, std::string call = "CreateRole") const;
    /// A call that assumes a role; in another account if one is given.
    [[nodiscard]] StoryEvent assumes(std::string_view role, std::int64_t second,
                                     std::string_view role_account = {}) const;
    [[nodiscard]] Caller from(std::string other_address) const;
};

/// A network that somebody in the account uses, according to with_habits(), and addresses of
/// others.
inline const std::string k_office = "203.0.113.1";
inline const std::string k_abroad = "198.51.100.1";
inline const std::string k_afar = "192.0.2.1";

/// Users from two different networks, which are strangers' networks if the baseline knows the
/// account.
inline const Caller k_eve{.name = "user/eve", .address = k_abroad};
inline const Caller k_mailer{.name = "user/mailer", .address = k_afar};

/// The last parts of the names of each row's members, as `eve+mailer`; rows and names are sorted.
List groups(const Story& story, std::string_view conf = {}, const Usual& usual = {});

/// The same for one row, in the order of its members.
std::string members_of(const HuntFinding& finding);

/// The row with the principal.
const HuntFinding& row_with(const std::vector<HuntFinding>& findings, const Caller& caller);

/// A row's values in a column: those of a list, or the only one.
List column(const HuntFinding& finding, std::string_view name);

/// The rows, and the effect of the allowlist, with the given min_risk.
HuntFindings findings_with(const Story& story, const Usual& usual, std::uint64_t min_risk,
                           std::string_view conf = {});

/// Lines of an allowlist: for all evidence of a principal, and for one evidence rule.
rules::Exception all_of(const Caller& caller);
rules::Exception evidence_of(const Caller& caller, std::string evidence,
                             std::optional<std::uint64_t> threshold = {});

/// The known context, with these lines added.
Usual with_lines(const std::vector<rules::Exception>& lines, Usual usual = {});

/// `name1`, `name2`, ..., `count` of them.
List numbered_names(const std::string& name, int count);

}  // namespace cloudhijack::detect
