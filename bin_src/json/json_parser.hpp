#pragma once

#include <memory>

namespace cloudhijack::json {

/// simdjson's parser, declared here for members in headers: simdjson.h has 100,000 lines, so only
/// files that read JSON include json.hpp, which includes it and defines this type.
struct JsonParser;

struct JsonParserEnd {
    void operator()(JsonParser* parser) const;
};

/// Null only after it was moved from.
using OwnedJsonParser = std::unique_ptr<JsonParser, JsonParserEnd>;

OwnedJsonParser make_json_parser();

}  // namespace cloudhijack::json
