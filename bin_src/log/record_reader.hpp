#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "log/compact_reader.hpp"
#include "log/event_reader.hpp"

namespace cloudhijack::log {

/// What a document reader gives for each record of a document.
struct RecordTaker {
    /// The event is valid during the call.
    std::function<void(const Event&)> take;
    /// Why a part of the document is no record, to follow a noun.
    std::function<void(std::string_view)> skip;
};

/// Reads one document with all the records in it: one as such, in an envelope, or a list of those.
class DocumentReader {
  public:
    explicit DocumentReader(const Shape& shape)
        : compact_reader_(shape), shape_(&shape), reader_(shape) {}

    /// Reads a CSV cell as it is written, without the quotes around it, where that is enough: the
    /// event of a compact record. Null where the cell must be unquoted and given to read().
    /// io::k_padding bytes behind the cell must be readable; the event's views lie in the cell and
    /// the reader, and are valid until either changes.
    const Event* read_written(std::string_view cell, std::optional<text::Time> row_time);

    /// `row_time` came with the document from outside; it is the time of a record that is the whole
    /// document, and not of one in an envelope. io::k_padding bytes behind the text must be
    /// readable.
    void read(std::string_view document, std::optional<text::Time> row_time,
              const RecordTaker& taker);

    /// Gives back what large documents have made it take.
    void shrink() { reader_.shrink(); }

  private:
    Result<Reading> read_one(std::string_view document);
    void read_list(std::string_view document, const RecordTaker& taker);

    CompactReader compact_reader_;
    const Shape* shape_;
    EventReader reader_;
};

}  // namespace cloudhijack::log
