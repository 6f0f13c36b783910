#pragma once

#include <span>

#include "detect/hunt/hunt_finding.hpp"
#include "detect/row.hpp"

namespace cloudhijack::detect {

/// The columns of mode=hunt, followed by those that Splunk's own content expects: the Common
/// Information Model's, and Enterprise Security's for risk.
std::span<const Column> hunt_columns();

Row to_row(const HuntFinding& finding);

}  // namespace cloudhijack::detect
