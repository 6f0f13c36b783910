#pragma once

#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Appends `bytes` to `out`, with U+FFFD for each maximal part that is not UTF-8 (the practice that
/// the Unicode standard recommends in section 3.9, and that browsers and Python follow).
void append_valid_utf8(std::string& out, std::string_view bytes);

}  // namespace cloudhijack::text
