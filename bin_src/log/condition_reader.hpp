#pragma once

#include <span>
#include <string_view>

#include "json/json_parser.hpp"
#include "log/condition.hpp"

namespace cloudhijack::log {

/// Judges conditions on an event's `parameters`. Keys come in any order, so this reads them
/// once more, with a parser of its own, and only for calls that the catalogue names.
class ParameterReader {
  public:
    /// True where all conditions hold. `object` is JSON text with io::k_padding readable bytes
    /// behind it; empty or broken, no condition holds.
    bool all_hold(std::string_view object, std::span<const Condition> conditions);

  private:
    json::OwnedJsonParser parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
