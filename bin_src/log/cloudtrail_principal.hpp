#pragma once

#include <string>
#include <string_view>

#include "log/event.hpp"

namespace cloudhijack::log {

/// Who acts: the key of a row of mode=hunt.
struct Principal {
    std::string account;
    std::string name;       ///< an ARN where there is one
    bool one_actor = true;  ///< false for what only names an account, or nothing

    auto operator<=>(const Principal&) const = default;
};

/// What names a principal, as views into an event.
struct PrincipalParts {
    std::string_view account;
    std::string_view name;
    std::string_view person;  ///< behind a shared role; follows the name and a slash
    bool one_actor = true;

    /// Whether `bounded()` may cut them.
    [[nodiscard]] bool are_long() const;
    [[nodiscard]] Principal joined() const;
};

PrincipalParts principal_parts_of(const Event& event);

/// What `bounded()` leaves of texts that are too long. A person behind a shared role is one
/// principal, and so is any other role, over all its sessions.
Principal principal_of(const Event& event);

/// The account in which the call was made, and `unknown` where no account is named.
std::string_view account_of(const Event& event);

/// True for what AWS does itself or for a customer, and for events that repeat calls without being
/// calls.
bool is_left_out(const Event& event);

/// True for events that repeat calls without being calls.
bool is_no_call(const Event& event);

/// What an ARN or another path names: the part behind the last `/`, or all of it.
std::string_view last_part(std::string_view path);

}  // namespace cloudhijack::log
