#pragma once

#include <set>
#include <span>
#include <string>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// `a`, `a and b`, `a, b and c`, `a, b, c and 37 more`.
std::string joined_names(std::span<const std::string> names);

/// The names of the members that made the calls behind a piece of evidence.
std::string actors_in_words(const Behaviour& behaviour, const std::set<CallKey>& behind);

}  // namespace cloudhijack::detect
