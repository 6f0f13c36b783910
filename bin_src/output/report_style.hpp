#pragma once

#include <string>

#include "output/html.hpp"

namespace cloudhijack::output {

/// The style sheet of the report, report.css.
Markup report_style();

/// Its SHA-256 as a Content-Security-Policy names it: `sha256-` and base64.
std::string report_style_hash();

}  // namespace cloudhijack::output
