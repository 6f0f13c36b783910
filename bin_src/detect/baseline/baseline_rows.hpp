#pragma once

#include <span>
#include <utility>

#include "output/splunk_csv.hpp"
#include "rules/baseline.hpp"

namespace cloudhijack::command {

/// The columns of mode=baseline, as the lookup file has them.
std::span<const Column> baseline_columns();

Row to_row(const std::pair<const detect::Baseline::Pair, detect::Baseline::Use>& known);

}  // namespace cloudhijack::command
