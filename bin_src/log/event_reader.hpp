#pragma once

#include <string>
#include <string_view>

#include "json/json_parser.hpp"
#include "log/event.hpp"
#include "log/shape.hpp"
#include "result.hpp"

namespace cloudhijack::log {

/// What one JSON document turned out to be.
struct Reading {
    enum class Kind {
        record,     ///< `event` is the document
        enveloped,  ///< `event` is inside it, and no time from outside is its own
        list,       ///< it holds an array of records, for a RecordSplitter
    };

    Kind kind = Kind::record;
    Event event;
};

/// Reads JSON documents into events, keys in the order in which the document has them.
///
/// Of duplicate keys the first counts, at every level. Where a string is expected, numbers and
/// booleans stand for their text; null, arrays and objects are absent. Values that no path names
/// are skipped and only checked for balanced brackets and closed strings.
class EventReader {
  public:
    explicit EventReader(const Shape& shape) : shape_(&shape) {}

    /// Reads one JSON object, with nothing behind it. `io::k_padding` bytes behind it must be
    /// readable. The event's views lie in the reader and in the document, and are valid until
    /// either changes. The error says why the text is no such document, to follow a noun.
    Result<Reading> read(std::string_view document);

    /// Gives back what large documents have made it take.
    void shrink();

  private:
    Result<Reading> read_json(std::string_view json);

    const Shape* shape_;
    json::OwnedJsonParser parser_ = json::make_json_parser();
    json::OwnedJsonParser inner_parser_ = json::make_json_parser();
    std::string repaired_;  ///< a document that was not UTF-8, made so, with its padding
    std::string inner_;     ///< a record that came as a JSON string, with its padding
};

}  // namespace cloudhijack::log
