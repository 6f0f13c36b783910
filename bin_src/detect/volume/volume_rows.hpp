#pragma once

#include <span>

#include "detect/row.hpp"
#include "detect/volume/volume_finding.hpp"

namespace cloudhijack::detect {

/// The columns of mode=volume: those of the search that it replaces, in its order, and `Reasons`.
std::span<const Column> volume_columns();

Row to_row(const VolumeFinding& finding);

}  // namespace cloudhijack::detect
