#pragma once

#include <span>

#include "command/table.hpp"
#include "detect/volume_finding.hpp"

namespace cloudhijack::command {

/// The columns of mode=volume: those of the search that it replaces, in its order, and `Reasons`.
std::span<const Column> volume_columns();

Row to_row(const detect::VolumeFinding& finding);

}  // namespace cloudhijack::command
