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

/// What one JSON object turned out to be.
enum class DocumentKind : std::uint8_t {
    record,
    envelope,  ///< it encloses what may be records
    unknown,   ///< a record of no log, and no envelope
};

struct EventReading {
    DocumentKind kind = DocumentKind::unknown;
    Event event = {};                             ///< of a record
    std::span<const EnclosedText> enclosed = {};  ///< by an envelope
    std::string_view first_keys = {};             ///< of an unknown object, for people
    /// What begins as the record does and is in an array in it: of a record that was cut off there,
    /// those that follow it.
    std::string_view held = {};
    std::size_t held_records = 0;
};

/// Reads JSON objects into events, keys in the order in which the object has them.
///
/// An object is tried as a record of each log, in their order, and as an envelope after them. Of
/// duplicate keys the first counts, at every level. Where a string is expected, numbers and
/// booleans stand for their text; null, arrays and objects are absent. Values that no path names
/// are skipped and only checked for balanced brackets and closed strings.
class EventReader {
  public:
    /// The logs must outlive it.
    explicit EventReader(const LogSet& logs) : logs_(&logs) {}

    /// Reads one JSON object, with nothing after it. `io::k_padding` bytes after it must be
    /// readable. The reading's views lie in the reader and in the document, and are valid until
    /// either changes. The error says why the text is no such document, to follow a noun.
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
    std::string repaired_;  ///< a document that was not UTF-8, made so, with its padding
};

}  // namespace cloudhijack::log
