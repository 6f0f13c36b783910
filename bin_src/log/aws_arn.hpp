#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// The parts of an AWS caller's ARN, such as `arn:aws:sts::111122223333:assumed-role/app/i-0abc`,
/// as views into it. All are empty for a text that is not an ARN.
struct CallerArn {
    std::string_view partition;
    std::string_view account;
    std::string_view kind;  ///< `assumed-role`, `user`, `root`
    std::string_view name;  ///< the part after the kind, up to the next slash
};

CallerArn caller_arn_of(std::string_view arn);

/// Whether the ARN names a session of a role.
bool is_role_session(const CallerArn& arn);

/// Writes the ARN of the session's role into `role`, without the role's path, which the session's
/// ARN does not contain.
void write_role_of_session(const CallerArn& arn, std::string& role);

}  // namespace cloudhijack::log
