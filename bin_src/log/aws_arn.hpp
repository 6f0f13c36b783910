#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// The name of a caller of AWS, `arn:aws:sts::111122223333:assumed-role/app/i-0abc`, taken apart.
/// Views into it; all empty for a text that is no ARN.
struct CallerArn {
    std::string_view partition;
    std::string_view account;
    std::string_view kind;  ///< `assumed-role`, `user`, `root`
    std::string_view name;  ///< what follows the kind, up to the next slash
};

CallerArn caller_arn_of(std::string_view arn);

/// Whether it is of a session of a role.
bool is_role_session(const CallerArn& arn);

/// Writes the ARN of the role into `role`, without its path, which the session's ARN does not have.
void write_role_of_session(const CallerArn& arn, std::string& role);

}  // namespace cloudhijack::log
