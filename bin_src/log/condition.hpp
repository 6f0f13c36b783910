#pragma once

#include <string>
#include <vector>

namespace cloudhijack::log {

/// `loggingConfig.textDataDeliveryEnabled=false`: what must stand at a path in a JSON object. An
/// array on the way or at the end matches by any of its elements; values compare as text.
struct Condition {
    std::vector<std::string> path;  ///< keys, at least one
    std::string value;

    bool operator==(const Condition&) const = default;
};

}  // namespace cloudhijack::log
