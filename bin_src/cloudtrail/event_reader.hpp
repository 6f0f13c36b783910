#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

#include "cloudtrail/event.hpp"
#include "cloudtrail/shape.hpp"
#include "result.hpp"

namespace cloudhijack::cloudtrail {

/// Reads JSON records into events, keys in the order in which the document has them.
///
/// Of duplicate keys the first counts, at every level. Where a string is expected, numbers and
/// booleans stand for their text; null, arrays and objects are absent. Values that no path names
/// are skipped and only checked for balanced brackets and closed strings.
class EventReader {
  public:
    explicit EventReader(const Shape& shape) : shape_(&shape) {}

    /// Reads one record: a JSON object and nothing behind it. `io::k_padding` bytes behind it must
    /// be readable. The event's views lie in the reader and in the record, and are valid until
    /// either changes. The error says why the text is no such record, to follow "the record".
    Result<Event> read(std::string_view record);

  private:
    Result<Event> read_json(std::string_view json);

    const Shape* shape_;
    simdjson::ondemand::parser parser_;
    std::string repaired_;  ///< a record that was not UTF-8, made so, with its padding
};

}  // namespace cloudhijack::cloudtrail
