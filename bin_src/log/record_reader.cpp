#include "log/record_reader.hpp"

#include "io/window.hpp"
#include "json/record_splitter.hpp"

namespace cloudhijack::log {

const Event* DocumentReader::read_written(std::string_view cell,
                                          std::optional<text::Time> row_time) {
    Event* event = compact_reader_.read(cell, json::Quotes::doubled);
    if (event != nullptr) event->row_time = row_time;
    return event;
}

void DocumentReader::read(std::string_view document, std::optional<text::Time> row_time,
                          const RecordTaker& taker) {
    auto reading = read_one(document);
    if (!reading) return taker.skip(reading.error().text);
    if (reading->kind == Reading::Kind::list) return read_list(document, taker);
    if (reading->kind == Reading::Kind::record) reading->event.row_time = row_time;
    taker.take(reading->event);
}

Result<Reading> DocumentReader::read_one(std::string_view document) {
    const Event* compact = compact_reader_.read(document, json::Quotes::single);
    if (compact == nullptr) return reader_.read(document);
    return Reading{.kind = Reading::Kind::record, .event = *compact};
}

void DocumentReader::read_list(std::string_view document, const RecordTaker& taker) {
    io::Window window(io::read_from_memory(document), document.size());
    json::RecordSplitter splitter(window, shape_->record_keys());
    while (true) {
        const auto record = splitter.next();
        if (!record) return taker.skip(record.error().text);
        if (!*record) return;
        const auto reading = read_one((*record)->text);
        if (!reading) {
            taker.skip("holds a record that " + reading.error().text);
        } else if (reading->kind == Reading::Kind::list) {
            taker.skip("holds a list of records inside another");
        } else {
            taker.take(reading->event);
        }
    }
}

}  // namespace cloudhijack::log
