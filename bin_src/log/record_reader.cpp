#include "log/record_reader.hpp"

#include <algorithm>
#include <utility>

#include "io/window.hpp"
#include "json/check.hpp"
#include "json/json.hpp"
#include "json/record_splitter.hpp"
#include "json/whole_objects.hpp"
#include "text/base64.hpp"
#include "text/trim.hpp"

namespace cloudhijack::log {
namespace {

bool begins_as_json(std::string_view text) {
    const std::string_view trimmed = text::trimmed(text);
    return trimmed.starts_with('{') || trimmed.starts_with('[');
}

// Why a text is not a record, as a phrase that follows a noun.
std::string in_envelopes(std::string_view why, std::size_t envelopes) {
    return (envelopes > 0 ? "holds a record that " : "") + std::string(why);
}

constexpr std::string_view k_closes_nothing = "is a closing bracket without an opening one";
constexpr std::string_view k_held =
    "is in an array of another record: either that record was cut off there, or somebody put "
    "made-up "
    "records into it";

constexpr std::string_view k_around_texts = " \t\r\n\xEF\xBB\xBF";

// The characters between the objects of a stream, including the byte order marks of concatenated
// files.
constexpr std::string_view k_between_objects = " \t\r\n,\xEF\xBB\xBF";
constexpr std::string_view k_around_objects = " \t\r\n,\xEF\xBB\xBF]}";

// The first position, from a given one on, of a character that does not just surround objects.
std::size_t end_of_surroundings(std::string_view text, std::size_t from) {
    return std::min(text.find_first_not_of(k_around_objects, from), text.size());
}

std::size_t offset_in(std::string_view text, std::string_view part) {
    return static_cast<std::size_t>(part.data() - text.data());
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

// Reads a record that need not be unquoted or parsed as a whole; false if it must be. A record in
// which the name key occurs again can contain other records.
bool RecordReader::read_as_written(const RecordText& record, const RecordTaker& taker) {
    const CallFilter::Look look = look_at(record);
    if (look.passes_over) {
        taker.pass_over();
        return true;
    }
    if (!compact_reader_ || !look.has_one_name) return false;
    Event* event = compact_reader_->read(record.text, record.quotes);
    if (event == nullptr) return false;
    event->row_time = record.row_time;
    taker.take(*event);
    return true;
}

CallFilter::Look RecordReader::look_at(const RecordText& record) const {
    if (record.only_name_key) {
        return {.passes_over = filter_->passes_over_object(record.text, *record.only_name_key),
                .has_one_name = true};
    }
    CallFilter::Look look = filter_->look_at(record.text, record.quotes);
    look.passes_over &= record.may_pass_over;
    return look;
}

void RecordReader::read_whole(const RecordText& record, const RecordTaker& taker) {
    read_text(record.text,
              {.row_time = record.row_time,
               .may_be_rest = record.may_be_rest,
               .is_element = record.is_element},
              taker);
}

// Reads a text by the way it begins: a list, a string that holds JSON, a line of an export with the
// time before its record, or else an object.
void RecordReader::read_text(std::string_view text, const TextPlace& place,
                             const RecordTaker& taker) {
    const std::string_view trimmed = text::trimmed(text, k_around_texts);
    // The rest of a damaged record can contain strings and lists that an attacker chose.
    const auto inner = trimmed.starts_with('"') && !place.may_be_rest
                           ? json::string_of(*string_parser_, trimmed)
                           : std::optional<std::string_view>{};
    if (inner && begins_as_json(*inner)) {
        read_enclosed({.form = EnclosedForm::text, .text = *inner}, place, taker);
    } else if (trimmed.starts_with('[') && !place.may_be_rest) {
        read_list(text, place, taker);
    } else {
        const std::string_view object = without_time(trimmed);
        TextPlace place_of_object = place;
        if (!object.empty()) place_of_object.offset = place.offset_at(offset_in(text, object));
        read_object(object, place_of_object, taker);
    }
}

void RecordReader::read_object(std::string_view text, const TextPlace& place,
                               const RecordTaker& taker) {
    auto reading = level(place.envelopes).reader.read(text);
    if (reading) {
        if (!take(*reading, text, place, taker)) taker.miss(reading->first_keys);
    } else if (text.starts_with('[') || !read_list(text, place, taker)) {
        // If a list is truncated, its complete elements count.
        read_whole_objects(text, place, reading.error().text, taker);
    }
}

// Reports the reading of an object; false if it is not a record of any log.
bool RecordReader::take(EventReading& reading, std::string_view text, const TextPlace& place,
                        const RecordTaker& taker) {
    switch (reading.kind) {
        case DocumentKind::record:
            reading.event.row_time = place.row_time;
            taker.take(reading.event);
            if (reading.held_records == 0) return true;
            taker.skip({.why = k_held,
                        .position = place.offset_at(text.size() - reading.held.size()),
                        .bytes = reading.held.size(),
                        .records = reading.held_records});
            return true;
        case DocumentKind::envelope:
            for (const EnclosedText& enclosed : reading.enclosed) {
                read_enclosed(enclosed, place, taker);
            }
            return true;
        case DocumentKind::unknown:
            return false;
    }
    std::unreachable();
}

// Reads the complete objects in a text that is not a single object: something in it is damaged, or
// it consists of several objects. `why` describes the problem.
void RecordReader::read_whole_objects(std::string_view text, const TextPlace& place,
                                      std::string why, const RecordTaker& taker) {
    std::size_t read_to = 0;
    std::size_t next = end_of_surroundings(text, 0);
    const auto lose = [&](std::size_t end, std::size_t damaged) {
        const bool is_nothing = next >= end && (end < text.size() || read_to > 0);
        if (!is_nothing) {
            lose_part(text, {.begin = read_to, .end = end, .damaged = damaged}, place, why, taker);
        }
    };
    // Any other line can quote JSON that an attacker made up.
    const bool may_have_objects = begins_as_json(text) || place.may_be_rest;
    json::WholeObjects objects(
        may_have_objects ? text : std::string_view{},
        {.is_element = place.is_element, .first_key = logs_->main().log->first_key});
    std::size_t damaged = 0;
    while (const auto object = objects.next()) {
        damaged += object->damaged_before;
        const std::string_view object_text =
            text.substr(object->begin, object->end - object->begin);
        const TextPlace object_place{.envelopes = place.envelopes,
                                     .offset = place.offset_at(object->begin),
                                     .is_in_string = place.is_in_string};
        const bool follows_directly = object->begin == next;
        if (!read_whole_object(object_text, object_place, follows_directly, taker)) continue;
        lose(object->begin, std::exchange(damaged, std::size_t{0}));
        read_to = object->end;
        next = end_of_surroundings(text, read_to);
    }
    lose(text.size(), damaged + objects.damaged());
}

// Reports a part of a text between complete objects. If it consists of brackets only, no record is
// known to be lost.
void RecordReader::lose_part(std::string_view text, const LostRange& lost, const TextPlace& place,
                             std::string_view why, const RecordTaker& taker) {
    const std::string_view part =
        text::trimmed(text.substr(lost.begin, lost.end - lost.begin), k_between_objects);
    const bool is_time = part.contains('T') && text::parse_time(part).has_value();
    if (is_time) return;  // the time before the record in a line of an export
    const bool is_between = place.may_be_rest || lost.begin > 0;
    const bool is_only_brackets =
        is_between && !part.empty() &&
        part.find_first_not_of(k_around_objects) == std::string_view::npos;
    const std::string reason =
        is_only_brackets
            ? std::string(k_closes_nothing)
            : in_envelopes(lost.begin == 0 ? std::string(why) : json::damage_in_words(part),
                           place.envelopes);
    taker.skip({.why = reason,
                .position = place.offset_at(part.empty() ? 0 : offset_in(text, part)),
                .bytes = part.size(),
                .records = is_only_brackets ? 0 : std::max<std::size_t>(lost.damaged, 1),
                .is_cut_off = lost.end == text.size() && json::is_cut_off(part)});
}

// False if the object is not a record, as it may then be a part of a damaged one. An object that
// directly follows another one is not such a part, so it is reported as unknown.
bool RecordReader::read_whole_object(std::string_view text, const TextPlace& place,
                                     bool follows_directly, const RecordTaker& taker) {
    if (read_as_written({.text = text, .may_pass_over = false}, taker)) return true;
    auto reading = level(place.envelopes).reader.read(text);
    if (!reading) return false;
    if (take(*reading, text, place, taker)) return true;
    if (follows_directly) taker.miss(reading->first_keys);
    return follows_directly;
}

// Reads the elements of an array, or of an array under a list key in an object. False if the text
// is not a list: then nothing was reported. Elements are read even if their call is not wanted, so
// that damage in them is reported.
bool RecordReader::read_list(std::string_view text, const TextPlace& place,
                             const RecordTaker& taker) {
    const auto begin = text.find_first_not_of(text::k_blanks);
    if (begin == std::string_view::npos) return false;
    io::Window window(io::read_from_memory(text), text.size() + 1);  // can hold the whole text
    json::RecordSplitter splitter(window, logs_->record_keys());
    bool is_list = text.substr(begin).starts_with('[');
    if (is_list && json::is_whole(text)) splitter.expect_no_damage();
    while (true) {
        const auto record = splitter.next();
        if (!record) {
            if (is_list) taker.skip({.why = record.error().text, .position = place.offset});
            return is_list;
        }
        if (!*record) return is_list;
        const auto position = static_cast<std::size_t>((*record)->position);
        if (!is_list && position == begin) return false;
        is_list = true;
        read_inside((*record)->text,
                    {.envelopes = place.envelopes,
                     .offset = place.offset_at(position),
                     .is_in_string = place.is_in_string,
                     .may_be_rest = (*record)->follows_object || place.may_be_rest,
                     .is_element = true},
                    taker);
    }
}

void RecordReader::read_enclosed(const EnclosedText& enclosed, const TextPlace& place,
                                 const RecordTaker& taker) {
    const TextPlace inner{
        .envelopes = place.envelopes, .offset = place.offset, .is_in_string = true};
    if (enclosed.form == EnclosedForm::json) return read_in_envelope(enclosed.text, inner, taker);
    std::string& text = level(place.envelopes).text;
    if (enclosed.form == EnclosedForm::base64) {
        auto decoded = text::decoded_base64(enclosed.text);
        if (!decoded) {
            const std::string why = in_envelopes("is not base64", place.envelopes + 1);
            return taker.skip({.why = why, .position = place.offset});
        }
        text = std::move(*decoded);
    } else {
        text = enclosed.text;
    }
    const std::size_t size = text.size();
    text.append(io::k_padding, ' ');
    read_in_envelope(std::string_view(text).substr(0, size), inner, taker);
}

// Reads the content of an envelope. If it is a list, its elements belong to the envelope, and the
// list does not count as another one.
void RecordReader::read_in_envelope(std::string_view text, const TextPlace& place,
                                    const RecordTaker& taker) {
    if (text::trimmed(text).starts_with('[')) {
        read_list(text, place, taker);
    } else {
        read_inside(text, place, taker);
    }
}

// Reads a text inside one more envelope.
void RecordReader::read_inside(std::string_view text, const TextPlace& place,
                               const RecordTaker& taker) {
    if (place.envelopes == k_most_envelopes) {
        const std::string why =
            "holds a record in more than " + std::to_string(k_most_envelopes) + " envelopes";
        return taker.skip({.why = why, .position = place.offset, .bytes = text.size()});
    }
    if (read_as_written({.text = text, .may_pass_over = false}, taker)) return;
    TextPlace inside = place;
    ++inside.envelopes;
    read_text(text, inside, taker);
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
