#pragma once

#include <simdjson.h>

#include <string_view>

#include "json/json_parser.hpp"

namespace cloudhijack::json {

struct JsonParser : simdjson::ondemand::parser {};

/// A value as text, valid as long as the parser's document: strings unescaped, numbers and booleans
/// as they are written. Null, arrays and objects leave `text` as it is.
simdjson::error_code read_text(simdjson::ondemand::value value, std::string_view& text);

/// A key, unescaped where it must be.
simdjson::error_code read_key(simdjson::ondemand::field& field, std::string_view& key);

}  // namespace cloudhijack::json
