#pragma once

#include <string>
#include <vector>

#include "detect/volume_finding.hpp"
#include "result.hpp"

namespace cloudhijack::command {

/// What the user asked for, checked and complete; built once and passed down.
struct Config {
    detect::VolumeRules volume = detect::VolumeRules::defaults();
};

/// Reads the arguments of the search command, `name=value` each. Splunk parts `a = b` into three
/// arguments; blanks around the sign are accepted. The error names the option and what it takes.
Result<Config> parse_search_arguments(const std::vector<std::string>& arguments);

}  // namespace cloudhijack::command
