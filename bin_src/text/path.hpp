#pragma once

#include <string_view>

namespace cloudhijack::text {

/// The name at the end of a path or an ARN: the part after the last `/`, or the whole text.
constexpr std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace cloudhijack::text
