#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// `1 call`, `3 calls`.
std::string counted(std::uint64_t count, std::string_view what);

/// `92 s`, `14 min`, `10 h`, `3 days`: whole units, in the largest unit that gives at least two.
std::string duration(std::int64_t seconds);

/// `2026-03-02T10:04:05Z`.
std::string at(std::int64_t second);

/// ` (us-east-1)`; empty if there is no region.
std::string in_region(std::string_view region);

/// The first of some names, for a reason: `a, b, c and 14 more`.
std::string listed(const std::set<std::string_view>& names);

CallKey key_of(const Calls& calls);
CallKey key_of(const SubjectCalls& calls);

}  // namespace cloudhijack::detect
