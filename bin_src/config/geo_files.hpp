#pragma once

#include <string>

#include "config/lookups.hpp"
#include "config/options.hpp"

namespace cloudhijack::config {

/// Opens the databases of the countries and networks of addresses for hunt mode: those that the
/// user of a shell names, where a file that cannot be used is among the unread. In a search
/// `folder` is the app's folder of lookup files, and the databases are in Splunk's folder `share`:
/// a missing file is not a problem, and one that cannot be used is a bad value.
void open_geo_files(const std::string& folder, Config& config, LookupProblems& problems);

}  // namespace cloudhijack::config
