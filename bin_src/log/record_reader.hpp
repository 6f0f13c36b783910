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

/// A text that holds a record, an envelope with one in it, or a list of those.
struct RecordText {
    std::string_view text;  ///< with io::k_padding readable bytes after it
    json::Quotes quotes = json::Quotes::single;
    /// Came with the text from outside. It is the time of a record that is the whole text, and not
    /// of one in an envelope.
    std::optional<text::Time> row_time = {};
    /// Whether the record may be passed over unread if its call is not wanted.
    bool may_pass_over = true;
    /// The place of the name key in an object in which it occurs once and no letter is written as
    /// `\u`, if somebody has seen that already.
    std::optional<std::size_t> only_name_key = {};
    /// Whether it may be the rest of a text of which something is damaged, so that there can be
    /// whole objects in it although it does not begin as one.
    bool may_be_rest = false;
    bool is_element = false;  ///< of a list of records
};

/// A part of a text that could not be read.
struct LostPart {
    std::string_view why;  ///< to follow a noun; valid during the call
    /// Of its first byte, from the text's. Of a part of what an envelope holds, where the envelope
    /// begins.
    std::size_t position = 0;
    std::size_t bytes = 0;      ///< 0: a whole record, whose size is not known
    std::uint64_t records = 1;  ///< how many records began in it, as far as can be seen
    bool is_cut_off = false;    ///< the text ends in it too early
};

/// What an object of no log has, by the first keys that a RecordTaker gets: `the keys "a", "b"`.
std::string keys_in_words(std::string_view first_keys);

/// Takes the answers of a RecordReader, one for each record of a text.
struct RecordTaker {
    /// The event is valid during the call.
    std::function<void(const Event&)> take;
    /// A part of the text is not a record, or not a whole one.
    std::function<void(const LostPart&)> skip;
    /// An object is a record of no log; its first keys, for people.
    std::function<void(std::string_view)> miss;
    /// The text is a record of an unwanted call, and was not read.
    std::function<void()> pass_over;
};

/// Reads texts into events, the quick way first: most records are of unwanted calls and
/// are passed over unread; of the rest most are compact; the EventReader reads what is left, and
/// what that finds in envelopes is read in turn. If a text is damaged or holds several records,
/// each whole object in it is read: see json::WholeObjects.
class RecordReader {
  public:
    /// Logs and filter must outlive it.
    RecordReader(const LogSet& logs, const CallFilter& filter);

    void read(const RecordText& record, const RecordTaker& taker) {
        if (!read_as_written(record, taker)) read_whole(record, taker);
    }

    /// Reads a CSV cell whose quotes are doubled; `unquoted()` gives its text, if that is needed.
    void read_cell(const RecordText& cell, const RecordTaker& taker, const auto& unquoted) {
        if (read_as_written(cell, taker)) return;
        read_whole({.text = unquoted(), .row_time = cell.row_time}, taker);
    }

    /// Frees memory that large texts made it allocate.
    void shrink();

  private:
    /// What reads the texts inside a number of envelopes.
    struct EnvelopeLevel {
        explicit EnvelopeLevel(const LogSet& logs) : reader(logs) {}

        EventReader reader;
        std::string text;  ///< one that was in a string, with its padding
    };

    struct TextPlace {
        std::size_t envelopes = 0;  ///< around it
        std::size_t offset = 0;     ///< of its first byte, see LostPart::position
        bool is_in_string = false;  ///< or elsewhere in an envelope: then all of it has this offset
        std::optional<text::Time> row_time = {};
        bool may_be_rest = false;  ///< see RecordText
        bool is_element = false;   ///< see RecordText

        [[nodiscard]] std::size_t offset_at(std::size_t place) const {
            return is_in_string ? offset : offset + place;
        }
    };

    /// A part of a text, and how many objects in it are not whole.
    struct LostRange {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::size_t broken = 0;
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
    bool read_whole_object(std::string_view text, const TextPlace& place, bool is_next,
                           const RecordTaker& taker);
    bool read_list(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    void read_enclosed(const EnclosedText& enclosed, const TextPlace& place,
                       const RecordTaker& taker);
    void read_in_envelope(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    void read_inside(std::string_view text, const TextPlace& place, const RecordTaker& taker);
    EnvelopeLevel& level(std::size_t envelopes);

    const LogSet* logs_;
    const CallFilter* filter_;
    std::optional<CompactReader> compact_reader_;         ///< of the main log
    std::vector<std::unique_ptr<EnvelopeLevel>> levels_;  ///< a record may be under them all
    json::OwnedJsonParser string_parser_ = json::make_json_parser();
};

}  // namespace cloudhijack::log
