#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "log/call_filter.hpp"
#include "log/compact_reader.hpp"
#include "log/event_reader.hpp"
#include "log/log_set.hpp"

namespace cloudhijack::log {

/// A text that contains a record, an envelope with a record in it, or a list of these.
struct RecordText {
    std::string_view text;  ///< with io::k_padding readable bytes after it
    json::Quotes quotes = json::Quotes::single;
    /// The time that came with the text. It is the time of a record that is the whole text, but not
    /// of a record in an envelope.
    std::optional<text::Time> row_time = {};
    /// Whether the record may be passed over unread if its call is not wanted.
    bool may_pass_over = true;
    /// The position of the name key, if the caller knows that the text is an object in which the
    /// key occurs exactly once and no character is written as `\u`.
    std::optional<std::size_t> only_name_key = {};
    /// Whether the text may be the rest of a damaged one, so that it can contain complete objects
    /// although it does not begin as an object.
    bool may_be_rest = false;
    bool is_element = false;  ///< the text is an element of a list of records
};

/// A part of a text that could not be read.
struct LostPart {
    std::string_view why;  ///< a phrase that follows a noun; valid during the call
    /// The offset of the part's first byte in the text. For a part inside an envelope, the offset
    /// of the envelope.
    std::size_t position = 0;
    std::size_t bytes = 0;      ///< 0 for a whole record of unknown size
    std::uint64_t records = 1;  ///< the number of records that visibly begin in it
    bool is_cut_off = false;    ///< the text is truncated in this part
};

/// Describes an object that no log knows by the first keys that a RecordTaker receives: `the keys
/// "a", "b"`.
std::string keys_in_words(std::string_view first_keys);

/// Receives the results of a RecordReader, one for each record of a text.
struct RecordTaker {
    /// A record was read. The event is valid during the call.
    std::function<void(const Event&)> take;
    /// A part of the text is not a record, or not a complete one.
    std::function<void(const LostPart&)> skip;
    /// An object is not a record of any log. The argument is its first keys, for messages.
    std::function<void(std::string_view)> miss;
    /// The text is a record of an unwanted call, and was not read.
    std::function<void()> pass_over;
};

/// Reads texts into events, with the fastest method first: most records are of unwanted calls and
/// are passed over unread, most others are compact, and the EventReader reads the rest. The
/// contents of envelopes are read in turn. If a text is damaged or contains several records, each
/// complete object in it is read: see json::WholeObjects.
class RecordReader {
  public:
    /// The logs and the filter must outlive the reader.
    RecordReader(const LogSet& logs, const CallFilter& filter);

    void read(const RecordText& record, const RecordTaker& taker) {
        if (!read_as_written(record, taker)) read_whole(record, taker);
    }

    /// Reads a CSV cell whose quotes are doubled. `unquoted()` returns its unquoted text and is
    /// called only if needed.
    void read_cell(const RecordText& cell, const RecordTaker& taker, const auto& unquoted) {
        if (read_as_written(cell, taker)) return;
        read_whole({.text = unquoted(), .row_time = cell.row_time}, taker);
    }

    /// Frees memory that large texts made it allocate.
    void shrink();

  private:
    /// The reader of the texts at one level of nested envelopes.
    struct EnvelopeLevel {
        explicit EnvelopeLevel(const LogSet& logs) : reader(logs) {}

        EventReader reader;
        std::string text;  ///< a text that was in a string, with padding
    };

    struct TextPlace {
        std::size_t envelopes = 0;  ///< the number of envelopes around the text
        std::size_t offset = 0;     ///< the offset of its first byte, see LostPart::position
        bool is_in_string = false;  ///< in a string or an envelope: all parts have the same offset
        std::optional<text::Time> row_time = {};
        bool may_be_rest = false;  ///< see RecordText
        bool is_element = false;   ///< see RecordText

        [[nodiscard]] std::size_t offset_at(std::size_t place) const {
            return is_in_string ? offset : offset + place;
        }
    };

    /// A part of a text, and the number of incomplete objects in it.
    struct LostRange {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t damaged = 0;
    };

    bool read_as_written(const RecordText& record, const RecordTaker& taker);
    [[nodiscard]] CallFilter::Look look_at(const RecordText& record) const;
    void read_whole(const RecordText& record, const RecordTaker& taker);
    void read_text(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    void read_object(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    bool take(EventReading& reading, std::string_view text, const TextPlace& place,
              const RecordTaker& taker);
    void read_whole_objects(std::string_view text, const TextPlace& place, std::string why,
                            const RecordTaker& taker);
    static void lose_part(std::string_view text, const LostRange& lost, const TextPlace& place,
                          std::string_view why, const RecordTaker& taker);
    bool read_whole_object(std::string_view text, const TextPlace& place, bool follows_directly,
                           const RecordTaker& taker);
    bool read_list(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    void read_enclosed(const EnclosedText& enclosed, const TextPlace& place,
                       const RecordTaker& taker);
    void read_in_envelope(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    void read_inside(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    EnvelopeLevel& level(std::size_t envelopes);

    const LogSet* logs_;
    const CallFilter* filter_;
    std::optional<CompactReader> compact_reader_;         ///< reads records of the main log
    std::vector<std::unique_ptr<EnvelopeLevel>> levels_;  ///< indexed by the number of envelopes
    json::OwnedJsonParser string_parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
