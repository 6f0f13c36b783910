#pragma once

#include <span>
#include <string>

#include "detect/row.hpp"

namespace cloudhijack::output {

/// The rows in the form that Splunk reads: CSV with a header and, after all columns, a `__mv_` twin
/// for each multivalue column, which holds `$a$;$b$` if there is more than one value.
std::string to_splunk_csv(std::span<const detect::Column> columns,
                          std::span<const detect::Row> rows);

}  // namespace cloudhijack::output
