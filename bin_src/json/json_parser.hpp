#pragma once

#include <memory>

namespace cloudhijack::json {

/// simdjson's parser, for members in headers: simdjson.h is 100,000 lines, so only files that read
/// JSON include it, and json.hpp, which defines this.
struct JsonParser;

struct JsonParserEnd {
    void operator()(JsonParser* parser) const;
};

/// Null only when moved from.
using OwnedJsonParser = std::unique_ptr<JsonParser, JsonParserEnd>;

OwnedJsonParser make_json_parser();

}  // namespace cloudhijack::json
