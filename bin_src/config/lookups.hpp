#pragma once

#include <string>
#include <vector>

#include "config/options.hpp"
#include "result.hpp"

namespace cloudhijack::config {

/// What in lookup files could not be used.
struct LookupProblems {
    std::vector<std::string> bad_lines;  ///< which do not count, and why
    std::vector<std::string> unread;     ///< why a file as a whole does not count
};

/// Reads what the mode asks for into its rules: the baseline (columns `account`, `principal`,
/// `service`, `first_seen`, `last_seen`, `peak_hour`) and the allowlist (`principal`, `service`,
/// `evidence`, `threshold`, `expires`; `note` is for people). In a search they lie in the app's
/// `folder`, where a missing file is an empty one; in a shell, without a folder, the user names
/// them.
LookupProblems read_lookups(const rules::Catalogue& catalogue, const std::string& folder,
                            Config& config);

/// An error where something could not be used: a new baseline without it would lose what it holds.
Result<> check_whole(const LookupProblems& problems);

}  // namespace cloudhijack::config
