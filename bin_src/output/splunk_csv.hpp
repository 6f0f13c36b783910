#pragma once

#include <span>
#include <string>

#include "detect/row.hpp"

namespace cloudhijack::output {

/// The rows as Splunk takes them: CSV with a header and, for each multivalue column, a `__mv_` twin
/// behind all columns that holds `$a$;$b$` where there is more than one value.
std::string to_splunk_csv(std::span<const detect::Column> columns,
                          std::span<const detect::Row> rows);

}  // namespace cloudhijack::output
