#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::log {

/// What stands for a call without an agent.
inline constexpr std::string_view k_no_client = "-";

/// The program behind a user agent, as it stays from call to call and from version to version: its
/// words without what changes (versions, parts of the SDK that say how it was called or set up).
std::string client_of(std::string_view user_agent);

}  // namespace cloudhijack::log
