#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// The most steps that a row shows.
inline constexpr std::size_t k_most_response_steps = 3;

/// The first steps against a behaviour, as docs/response.md describes them: commands that stop its
/// principals, the head first, and then the use of its services. Commands are safe to paste into a
/// POSIX shell, regardless of the names in the events.
std::vector<std::string> response_steps(const Behaviour& behaviour);

}  // namespace cloudhijack::detect
