#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// The client of a call without a user agent.
inline constexpr std::string_view k_no_client = "-";

/// The program that a user agent names, in a form that is the same for all its calls and versions:
/// the agent's words without versions and without the parts in which an SDK says how it was called
/// or configured.
std::string client_of(std::string_view user_agent);

}  // namespace cloudhijack::log
