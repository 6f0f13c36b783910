#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_parser.hpp"
#include "log/envelopes.hpp"
#include "log/event.hpp"
#include "log/event_texts.hpp"
#include "log/log_set.hpp"
#include "log/opened_texts.hpp"
#include "result.hpp"

namespace cloudhijack::log {

/// The kind of a JSON object.
enum class DocumentKind : std::uint8_t {
    record,
    envelope,  ///< it encloses texts that may be records
    unknown,   ///< neither a record of a log nor an envelope
};

struct EventReading {
    DocumentKind kind = DocumentKind::unknown;
    Event event = {};                             ///< the event of a record
    std::span<const EnclosedText> enclosed = {};  ///< the texts in an envelope
    std::string_view first_keys = {};  ///< the first keys of an unknown object, for messages
    /// The text from the first object that begins as the record does and is in an array inside it:
    /// if the record was truncated there, these are the records after it.
    std::string_view held = {};
    std::size_t held_records = 0;  ///< the number of such objects
};

/// Reads JSON objects into events. Keys may come in any order.
///
/// An object is tried as a record of each log in order, and then as an envelope. The first of
/// duplicate keys counts, at every level. If a string is expected, numbers and booleans count as
/// their text; null, arrays and objects are absent. Values that no path names are skipped and only
/// checked for balanced brackets and closed strings.
class EventReader {
  public:
    /// The logs must outlive the reader.
    explicit EventReader(const LogSet& logs) : logs_(&logs) {}

    /// Reads a document that is a single JSON object. `io::k_padding` bytes after it must be
    /// readable. The reading's views point into the reader and the document, and are valid until
    /// either changes. The error says why the text is not such a document, as a phrase that follows
    /// a noun.
    Result<EventReading> read(std::string_view document);

    /// Frees memory that large documents made it allocate.
    void shrink();

  private:
    Result<EventReading> read_json(std::string_view json);

    const LogSet* logs_;
    json::OwnedJsonParser parser_ = json::make_json_parser();
    OpenedTexts opened_;
    EventTexts texts_;
    std::vector<EnclosedText> enclosed_;
    std::string first_keys_;
    std::string repaired_;  ///< a document repaired to valid UTF-8, with padding
};

}  // namespace cloudhijack::log
