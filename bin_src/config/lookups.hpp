#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "result.hpp"

namespace cloudhijack::config {

/// What in lookup files could not be used.
struct LookupProblems {
    std::vector<std::string> bad_lines;   ///< which do not count, and why
    std::vector<std::string> bad_values;  ///< of other lines, the rest of which counts
    std::vector<std::string> unread;      ///< why a file as a whole does not count
};

/// The clock, in seconds since 1970.
std::int64_t seconds_now();

/// Reads what the mode asks for into its rules: the baseline (the columns of
/// detect::baseline_columns()), the networks (`cidr`, `label`; `label` is for people) and the
/// allowlist (`principal`, `service`, `evidence`, `threshold`, `expires`; `note` is for people). In
/// a search they are in the app's `folder`, where a missing file is an empty one; in a shell,
/// without a folder, the user names them. Dates more than a day after `now`, in seconds since 1970,
/// are wrong.
LookupProblems read_lookups(const rules::Catalogue& catalogue, const std::string& folder,
                            Config& config, std::int64_t now = seconds_now());

/// An error where something could not be used: a new baseline without it would lose what it holds.
Result<> check_whole(const LookupProblems& problems);

}  // namespace cloudhijack::config
