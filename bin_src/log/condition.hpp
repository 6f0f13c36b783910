#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// `loggingConfig.textDataDeliveryEnabled=false`: the value that a JSON object must have at a path.
/// An array on the way or at the end matches by any of its elements; values compare as text.
struct Condition {
    std::vector<std::string> path;  ///< keys, at least one
    std::string value;

    bool operator==(const Condition&) const = default;
};

/// Judges conditions on an event's `parameters`. Keys come in any order, so this reads them
/// once more, with a parser of its own, and only for calls that the catalogue names.
class ConditionReader {
  public:
    /// True if all conditions hold. `object` is JSON text with io::k_padding readable bytes
    /// after it; if it is empty or broken, no condition holds.
    bool all_hold(std::string_view object, std::span<const Condition> conditions);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
