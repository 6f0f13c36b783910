#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"

namespace cloudhijack::log {

/// A value that a JSON object must have at a path, such as
/// `loggingConfig.textDataDeliveryEnabled=false`. An array on the path or at its end matches if any
/// of its elements does; values are compared as text.
struct Condition {
    std::vector<std::string> path;  ///< keys, at least one
    std::string value;

    bool operator==(const Condition&) const = default;
};

/// Checks conditions on an event's `parameters`. Keys come in any order, so this class reads the
/// parameters again with its own parser, but only for calls that the catalogue names.
class ConditionReader {
  public:
    /// Whether all conditions hold. `object` is JSON text with io::k_padding readable bytes after
    /// it; if it is empty or damaged, no condition holds.
    bool all_hold(std::string_view object, std::span<const Condition> conditions);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
