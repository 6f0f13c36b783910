#pragma once

#include <span>

#include "detect/hunt/hunt_finding.hpp"
#include "output/splunk_csv.hpp"

namespace cloudhijack::command {

/// The columns of mode=hunt, and behind them those that Splunk's own content expects: the Common
/// Information Model's and Enterprise Security's for risk.
std::span<const Column> hunt_columns();

Row to_row(const detect::HuntFinding& finding);

}  // namespace cloudhijack::command
