#include "log/record_reader.hpp"

#include <string>

#include "io/window.hpp"
#include "json/record_splitter.hpp"

namespace cloudhijack::log {

RecordReader::RecordReader(const LogSet& logs, const CallFilter& filter)
    : logs_(&logs), filter_(&filter), event_reader_(logs) {
    if (logs.first().log->is_compact) compact_reader_.emplace(logs.first());
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
    auto reading = event_reader_.read(text);
    if (!reading) return taker.skip(reading.error().text);
    if (reading->kind == DocumentKind::list) return read_list(text, taker);
    if (reading->kind == DocumentKind::record) reading->event.row_time = row_time;
    taker.take(reading->event);
}

void RecordReader::read_list(std::string_view text, const RecordTaker& taker) {
    io::Window window(io::read_from_memory(text), text.size());
    json::RecordSplitter splitter(window, logs_->record_keys());
    while (true) {
        const auto record = splitter.next();
        if (!record) return taker.skip(record.error().text);
        if (!*record) return;
        read_element((*record)->text, taker);
    }
}

// An element of a list is read whatever its call, so that a damaged one is reported.
void RecordReader::read_element(std::string_view text, const RecordTaker& taker) {
    if (read_as_written({.text = text, .may_pass_over = false}, taker)) return;
    const auto reading = event_reader_.read(text);
    if (!reading) {
        taker.skip("holds a record that " + reading.error().text);
    } else if (reading->kind == DocumentKind::list) {
        taker.skip("holds a list of records inside another");
    } else {
        taker.take(reading->event);
    }
}

}  // namespace cloudhijack::log
