#pragma once

#include <string_view>

namespace cloudhijack::text {

/// What a path or an ARN names: the part after the last `/`, or all of it.
constexpr std::string_view last_part(std::string_view path) {
    return path.substr(path.rfind('/') + 1);
}

}  // namespace cloudhijack::text
