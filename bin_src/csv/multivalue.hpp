#pragma once

#include <span>
#include <string>
#include <string_view>

namespace cloudhijack::csv {

// Splunk's multivalue fields: the cell `x` holds the values joined by newlines; its twin `__mv_x`
// holds `$a$;$b$`, with each `$` inside a value doubled. The twin is empty if there is only one
// value.

inline constexpr std::string_view k_multivalue_prefix = "__mv_";

std::string joined_by_newlines(std::span<const std::string> values);
std::string multivalue_twin(std::span<const std::string> values);

/// The first value of a non-empty twin. A malformed twin gives the text up to where its first value
/// would end.
std::string first_of_twin(std::string_view twin);

}  // namespace cloudhijack::csv
