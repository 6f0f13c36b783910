#pragma once

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// How the texts of a campaign call its members, by index: by the last part of their names where
/// that tells them apart, else by what follows the last colon, else by the whole names.
std::vector<std::string> member_names(const Behaviour& campaign);

/// `a`, `a and b`, `a, b and c`, `a, b, c and 37 more`.
std::string joined_names(std::span<const std::string> names);

/// Who made the calls behind a piece of evidence: the names of these members.
std::string actors_in_words(std::span<const std::string> names, const std::set<CallKey>& behind);

}  // namespace cloudhijack::detect
