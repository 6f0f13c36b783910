#pragma once

#include <span>
#include <string>

#include "detect/coverage/coverage_activity.hpp"
#include "output/splunk_csv.hpp"

namespace cloudhijack::command {

/// The columns of mode=coverage.
std::span<const Column> coverage_columns();

/// What the events leave open, and others could show; can be empty.
std::string not_seen(const detect::CoverageFinding& finding);

Row to_row(const detect::CoverageFinding& finding);

}  // namespace cloudhijack::command
