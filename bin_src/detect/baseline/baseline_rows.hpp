#pragma once

#include <span>
#include <utility>

#include "detect/row.hpp"
#include "rules/baseline.hpp"

namespace cloudhijack::detect {

/// The columns of mode=baseline, as the lookup file has them.
std::span<const Column> baseline_columns();

Row to_row(const std::pair<const rules::Baseline::Pair, rules::Baseline::Use>& known);

}  // namespace cloudhijack::detect
