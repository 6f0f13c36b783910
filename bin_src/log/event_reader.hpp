#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/json_parser.hpp"
#include "log/event.hpp"
#include "log/log_set.hpp"
#include "result.hpp"

namespace cloudhijack::log {

/// What one JSON document turned out to be.
enum class DocumentKind : std::uint8_t {
    record,
    enveloped,  ///< a record is inside it, and no time from outside is the record's own
    list,       ///< it holds an array of records, for a RecordSplitter
};

struct EventReading {
    DocumentKind kind = DocumentKind::record;
    Event event;  ///< of the record, if it is not a list
};

/// Reads JSON documents into events, keys in the order in which the document has them.
///
/// A document is read as a record of the first log that recognises it, whatever came before.
///
/// Of duplicate keys the first counts, at every level. Where a string is expected, numbers and
/// booleans stand for their text; null, arrays and objects are absent. Values that no path names
/// are skipped and only checked for balanced brackets and closed strings.
class EventReader {
  public:
    /// The logs must outlive it.
    explicit EventReader(const LogSet& logs) : logs_(&logs) {}

    /// Reads one JSON object, with nothing after it. `io::k_padding` bytes after it must be
    /// readable. The event's views lie in the reader and in the document, and are valid until
    /// either changes. The error says why the text is no such document, to follow a noun.
    Result<EventReading> read(std::string_view document);

    /// Frees memory that large documents made it allocate.
    void shrink();

  private:
    /// A reading of a document by the paths of one log.
    struct Attempt {
        Result<EventReading> reading;
        bool fits = false;  ///< the document holds records of this log
    };

    Result<EventReading> read_json(std::string_view json);
    Attempt read_as(const LogSet::ShapedLog& member, std::string_view json);

    const LogSet* logs_;
    json::OwnedJsonParser parser_ = json::make_json_parser();
    json::OwnedJsonParser inner_parser_ = json::make_json_parser();
    std::string repaired_;  ///< a document that was not UTF-8, made so, with its padding
    std::string inner_;     ///< a record that came as a JSON string, with its padding
};

}  // namespace cloudhijack::log
