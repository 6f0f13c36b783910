#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::csv {

// Splunk's multivalues: the cell `x` holds the values joined by newlines, its twin `__mv_x` holds
// `$a$;$b$`, a `$` inside doubled. The twin is empty where there is one value.

inline constexpr std::string_view k_multivalue_prefix = "__mv_";

std::string joined_by_newlines(std::span<const std::string> values);
std::string multivalue_twin(std::span<const std::string> values);

/// The first value of a twin that is not empty; a broken twin gives what it begins with.
std::string first_of_twin(std::string_view twin);

}  // namespace cloudhijack::csv
