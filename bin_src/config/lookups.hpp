#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "result.hpp"

namespace cloudhijack::config {

/// The problems found in lookup files.
struct LookupProblems {
    std::vector<std::string> bad_lines;   ///< lines that do not count, and why
    std::vector<std::string> bad_values;  ///< values that do not count in lines that do
    std::vector<std::string> unread;      ///< why a whole file does not count
};

/// The clock, in seconds since 1970.
std::int64_t seconds_now();

/// Reads the lookup files that the mode uses into its rules: the baseline (the columns of
/// detect::baseline_columns()), the networks (`cidr`, `label`; `label` is for people), the
/// allowlist (`principal`, `service`, `evidence`, `threshold`, `expires`; `note` is for people) and
/// the databases of open_geo_files(). In a search they are in the app's `folder`, where a missing
/// file counts as an empty one. On the command line `folder` is empty and the user names the files.
/// Dates more than a day after `now`, in seconds since 1970, are wrong.
LookupProblems read_lookups(const rules::Catalogue& catalogue, const std::string& folder,
                            Config& config, std::int64_t now = seconds_now());

/// An error if a file or a line could not be used: writing a new baseline would drop its content.
Result<> check_whole(const LookupProblems& problems);

}  // namespace cloudhijack::config
