#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/story.hpp"

namespace cloudhijack::detect {

using List = std::vector<std::string>;

/// A configuration in which role sessions are read.
inline constexpr std::string_view k_with_role_sessions = "[service:links]\ndisabled = false\n";

/// Trusts of a role, as the documents of CreateRole and UpdateAssumeRolePolicy state them.
inline constexpr std::string_view k_open_trust = R"("Principal":{"AWS":"999999999999"})";
inline constexpr std::string_view k_partner_trust =
    R"("Principal":{"AWS":"999999999999"},"Condition":{"StringEquals":{"sts:ExternalId":"x"}})";
inline constexpr std::string_view k_closed_trust =
    R"("Principal":{"Service":"lambda.amazonaws.com"})";

/// Somebody who calls from one place: seconds are those after ten.
struct Caller {
    std::string name;  ///< `user/eve`, `role/app`, either with a path
    std::string address = "198.51.100.1";
    std::string account = "111122223333";
    std::string agent = "aws-cli";

    [[nodiscard]] std::string arn() const { return "arn:aws:iam::" + account + ":" + name; }
    [[nodiscard]] Told calls(std::string call, std::int64_t second,
                             std::string parameters = "{}") const;
    /// A call that makes a user, or a credential of it.
    [[nodiscard]] Told makes(std::string_view user, std::int64_t second,
                             std::string call = "CreateUser") const;
    [[nodiscard]] Told makes_role(std::string_view role, std::string_view trust,
                                  std::int64_t second, std::string call = "CreateRole") const;
    /// A call by which it takes on a role; of another account if one is given.
    [[nodiscard]] Told assumes(std::string_view role, std::int64_t second,
                               std::string_view role_account = {}) const;
    [[nodiscard]] Caller from(std::string other_address) const;
};

/// A network that somebody in the account uses, by with_habits(), and addresses of others.
inline const std::string k_office = "203.0.113.1";
inline const std::string k_abroad = "198.51.100.1";
inline const std::string k_afar = "192.0.2.1";

/// Users from two different networks that are strangers' where the baseline knows the account.
inline const Caller k_eve{.name = "user/eve", .address = k_abroad};
inline const Caller k_mailer{.name = "user/mailer", .address = k_afar};

/// The last parts of the names of each row's members, as `eve+mailer`: rows and names sorted.
List groups(const Story& story, std::string_view conf = {}, const Usual& usual = {});

/// The same of one row, in the order of its members.
std::string members_of(const HuntFinding& finding);

/// The row that the principal is in.
const HuntFinding& row_with(const std::vector<HuntFinding>& findings, const Caller& caller);

/// What a row shows in a column: the values of a list, or the only one.
List column(const HuntFinding& finding, std::string_view name);

/// The rows, and what the allowlist changed, with the given lowest risk.
HuntFindings findings_with(const Story& story, const Usual& usual, std::uint64_t min_risk,
                           std::string_view conf = {});

/// Lines of an allowlist: for all that a principal does, and for one evidence of it.
rules::Exception all_of(const Caller& caller);
rules::Exception evidence_of(const Caller& caller, std::string evidence,
                             std::optional<std::uint64_t> threshold = {});

/// What is known besides, with these lines.
Usual with_lines(const std::vector<rules::Exception>& lines, Usual usual = {});

/// `name1`, `name2`, ...: so many.
List numbered_names(const std::string& name, int count);

}  // namespace cloudhijack::detect
