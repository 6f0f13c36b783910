#include "log/record_reader.hpp"

#include "io/window.hpp"
#include "json/json.hpp"
#include "json/record_splitter.hpp"
#include "text/base64.hpp"
#include "text/trim.hpp"

namespace cloudhijack::log {
namespace {

bool begins_as_json(std::string_view text) {
    const std::string_view trimmed = text::trimmed(text);
    return trimmed.starts_with('{') || trimmed.starts_with('[');
}

// Why something is no record, to follow a noun.
std::string in_envelopes(std::string_view why, std::size_t envelopes) {
    return (envelopes > 0 ? "holds a record that " : "") + std::string(why);
}

}  // namespace

std::string keys_in_words(std::string_view first_keys) {
    if (first_keys.empty()) return "no keys";
    return (first_keys.contains(", ") ? "the keys " : "the key ") + std::string(first_keys);
}

RecordReader::RecordReader(const LogSet& logs, const CallFilter& filter)
    : logs_(&logs), filter_(&filter) {
    if (logs.main().log->is_compact) compact_reader_.emplace(logs);
}

// Reads what need not be unquoted or looked at as a whole; false if it must be.
bool RecordReader::read_as_written(const RecordText& record, const RecordTaker& taker) {
    if (passes_over(record)) {
        taker.pass_over();
        return true;
    }
    Event* event = compact_reader_ ? compact_reader_->read(record.text, record.quotes) : nullptr;
    if (event == nullptr) return false;
    event->row_time = record.row_time;
    taker.take(*event);
    return true;
}

bool RecordReader::passes_over(const RecordText& record) const {
    if (record.only_name_key) {
        return filter_->passes_over_object(record.text, *record.only_name_key);
    }
    return record.may_pass_over && filter_->passes_over(record.text, record.quotes);
}

void RecordReader::read_whole(std::string_view text, std::optional<text::Time> row_time,
                              const RecordTaker& taker) {
    read_text(text, {.envelopes = 0, .row_time = row_time}, taker);
}

// What a text is, by how it begins: a list, a string that holds JSON, a line of an export that has
// the time in front of its record, or else an object.
void RecordReader::read_text(std::string_view text, const TextPlace& place,
                             const RecordTaker& taker) {
    const std::string_view trimmed = text::trimmed(text);
    const auto inner = trimmed.starts_with('"') ? json::string_of(*string_parser_, trimmed)
                                                : std::optional<std::string_view>{};
    if (inner && begins_as_json(*inner)) {
        read_enclosed({.form = EnclosedForm::text, .text = *inner}, place.envelopes, taker);
    } else if (trimmed.starts_with('[')) {
        read_list(text, place.envelopes, taker);
    } else {
        read_object(without_time(trimmed), place, taker);
    }
}

void RecordReader::read_object(std::string_view text, const TextPlace& place,
                               const RecordTaker& taker) {
    auto reading = level(place.envelopes).reader.read(text);
    if (!reading) {
        // Of a list that is cut off, whole elements count.
        if (!read_list(text, place.envelopes, taker)) {
            taker.skip(in_envelopes(reading.error().text, place.envelopes));
        }
        return;
    }
    switch (reading->kind) {
        case DocumentKind::record:
            reading->event.row_time = place.row_time;
            return taker.take(reading->event);
        case DocumentKind::envelope:
            for (const EnclosedText& enclosed : reading->enclosed) {
                read_enclosed(enclosed, place.envelopes, taker);
            }
            return;
        case DocumentKind::unknown:
            return taker.miss(reading->first_keys);
    }
}

// Reads the elements of an array, or of one under a list's key in an object. False if the text is
// no list: nothing was reported of it then. Elements are read whatever their call, so that a
// damaged one is reported.
bool RecordReader::read_list(std::string_view text, std::size_t envelopes,
                             const RecordTaker& taker) {
    const auto begin = text.find_first_not_of(text::k_blanks);
    if (begin == std::string_view::npos) return false;
    io::Window window(io::read_from_memory(text), text.size() + 1);  // never full
    json::RecordSplitter splitter(window, logs_->record_keys());
    bool is_list = text.substr(begin).starts_with('[');
    while (true) {
        const auto record = splitter.next();
        if (!record) {
            if (is_list) taker.skip(record.error().text);
            return is_list;
        }
        if (!*record) return is_list;
        if (!is_list && (*record)->position == begin) return false;
        is_list = true;
        read_inside((*record)->text, envelopes, taker);
    }
}

void RecordReader::read_enclosed(const EnclosedText& enclosed, std::size_t envelopes,
                                 const RecordTaker& taker) {
    if (enclosed.form == EnclosedForm::json) {
        return read_in_envelope(enclosed.text, envelopes, taker);
    }
    std::string& text = level(envelopes).text;
    if (enclosed.form == EnclosedForm::base64) {
        auto decoded = text::decoded_base64(enclosed.text);
        if (!decoded) return taker.skip(in_envelopes("is no base64", envelopes + 1));
        text = std::move(*decoded);
    } else {
        text = enclosed.text;
    }
    const std::size_t size = text.size();
    text.append(io::k_padding, ' ');
    read_in_envelope(std::string_view(text).substr(0, size), envelopes, taker);
}

// Reads what an envelope encloses. If that is a list, its elements are in the envelope, and the
// list is none of its own.
void RecordReader::read_in_envelope(std::string_view text, std::size_t envelopes,
                                    const RecordTaker& taker) {
    if (text::trimmed(text).starts_with('[')) {
        read_list(text, envelopes, taker);
    } else {
        read_inside(text, envelopes, taker);
    }
}

// Reads what is in one more envelope.
void RecordReader::read_inside(std::string_view text, std::size_t envelopes,
                               const RecordTaker& taker) {
    if (envelopes == k_most_envelopes) {
        return taker.skip("holds a record in more than " + std::to_string(k_most_envelopes) +
                          " envelopes");
    }
    if (read_as_written({.text = text, .may_pass_over = false}, taker)) return;
    read_text(text, {.envelopes = envelopes + 1}, taker);
}

RecordReader::EnvelopeLevel& RecordReader::level(std::size_t envelopes) {
    while (levels_.size() <= envelopes) {
        levels_.push_back(std::make_unique<EnvelopeLevel>(*logs_));
    }
    return *levels_[envelopes];
}

void RecordReader::shrink() {
    if (string_parser_->capacity() > k_kept_capacity) string_parser_ = json::make_json_parser();
    for (const auto& level : levels_) {
        level->reader.shrink();
        if (level->text.capacity() > k_kept_capacity) level->text = {};
    }
}

}  // namespace cloudhijack::log
