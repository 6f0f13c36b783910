#pragma once

#include <span>

#include "detect/volume/volume_finding.hpp"
#include "output/splunk_csv.hpp"

namespace cloudhijack::command {

/// The columns of mode=volume: those of the search that it replaces, in its order, and `Reasons`.
std::span<const Column> volume_columns();

Row to_row(const detect::VolumeFinding& finding);

}  // namespace cloudhijack::command
