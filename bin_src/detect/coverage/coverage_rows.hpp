#pragma once

#include <span>
#include <string>

#include "detect/coverage/coverage_activity.hpp"
#include "detect/row.hpp"

namespace cloudhijack::detect {

/// The columns of mode=coverage.
std::span<const Column> coverage_columns();

/// What the events leave open, and others could show; can be empty.
std::string not_seen(const CoverageFinding& finding);

Row to_row(const CoverageFinding& finding);

}  // namespace cloudhijack::detect
