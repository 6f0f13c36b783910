#include "search/event_rows.hpp"

#include <simdjson.h>

#include <algorithm>
#include <deque>
#include <map>

#include "csv/multivalue.hpp"
#include "scp/limits.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::search {
namespace {

using csv::RowReader;
using log::Event;
using text::Time;

// The Splunk Add-on for AWS writes `success`, in any case, into the errorCode of every success.
bool says_success(std::string_view error_code) {
    constexpr std::string_view success = "success";
    return std::ranges::equal(error_code, success, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b;
    });
}

}  // namespace

std::vector<std::string> EventRows::required_fields(config::Input input, bool with_partial_rows,
                                                    const log::Shape& shape) {
    std::vector<std::string> fields = {"_time"};
    if (input == config::Input::raw || with_partial_rows) fields.emplace_back("_raw");
    if (with_partial_rows) fields.emplace_back(k_partial_column);
    if (input == config::Input::fields) {
        for (const log::ShapePath& line : shape.paths()) {
            if (line.in_columns) fields.emplace_back(line.path);
        }
    }
    return fields;
}

Result<> EventRows::read_chunk(io::Window& body) {
    documents_.shrink();
    RowReader rows(body);
    into_.clock.start_row();
    std::optional<Columns> columns;
    while (true) {
        const auto next = rows.next(columns ? columns->count : scp::k_column_cap + 1);
        if (!next) return std::unexpected(next.error());
        if (*next == RowReader::Next::end) return {};
        if (!columns && *next == RowReader::Next::row) {
            auto header = read_header(rows);
            if (!header) return std::unexpected(header.error());
            columns = std::move(*header);
            continue;
        }
        if (*next == RowReader::Next::unclosed) {
            ++into_.intake.rows;
            into_.intake.skip("the chunk ends inside a quoted cell");
        } else if (auto read = read_row(rows, *columns); !read) {
            return read;
        }
        into_.clock.start_row();
    }
}

Result<> EventRows::read_row(RowReader& rows, const Columns& columns) {
    if (into_.take_partial && is_partial(rows, columns)) {
        const std::string_view document = rows.cell(*columns.partial);
        into_.clock.lap(Stage::csv);
        into_.take_partial(document);
        return {};
    }
    ++into_.intake.rows;
    const auto time = columns.time ? text::parse_time(rows.cell(*columns.time)) : std::nullopt;
    if (time) into_.intake.newest = std::max(into_.intake.newest, time);
    if (input_ == config::Input::fields) {
        read_fields_row(rows, columns, time);
        return {};
    }
    if (!columns.raw && !(columns.partial && into_.take_partial)) {
        return failure(
            "the events have no _raw, in which cloudhijack reads the CloudTrail record; keep it: "
            "| fields _time, _raw | cloudhijack, or use input=fields");
    }
    if (columns.raw && read_written_row(rows.written_cell(*columns.raw), time)) return {};
    read_raw_row(columns.raw ? rows.cell(*columns.raw) : std::string_view{}, time);
    return {};
}

// Reads what need not be unquoted; false where it must be. Most events are of calls that the
// catalogue does not name: such a record is not read at all, so neither what in it is broken is
// told.
bool EventRows::read_written_row(std::string_view written, std::optional<Time> time) {
    if (written.size() < 2 || written.front() != '"' || written.back() != '"') return false;
    const std::string_view record = written.substr(1, written.size() - 2);
    if (into_.filter.passes_over(record, json::Quotes::doubled)) {
        ++into_.intake.records;
        into_.clock.lap(Stage::csv);
        return true;
    }
    into_.clock.lap(Stage::csv);
    const Event* event = documents_.read_written(record, time);
    if (event == nullptr) return false;
    take(*event);
    return true;
}

// An indexed event has its _raw, and one that came without it has its fields.
bool EventRows::is_partial(RowReader& rows, const Columns& columns) {
    return columns.partial && !rows.cell(*columns.partial).empty() &&
           (!columns.raw || rows.cell(*columns.raw).empty()) &&
           std::ranges::all_of(columns.fields, [&rows](const Columns::Field& field) {
               return rows.cell(field.column).empty();
           });
}

Result<EventRows::Columns> EventRows::read_header(RowReader& rows) {
    if (rows.cell_count() > scp::k_column_cap) {
        return failure(
            "the events have more than " + std::to_string(scp::k_column_cap) +
            " columns, the most that cloudhijack reads; put | fields _time, _raw before it");
    }
    std::map<std::string, std::size_t, std::less<>> places;  // of columns with one name the first
    for (std::size_t i = 0; i < rows.cell_count(); ++i) places.emplace(rows.cell(i), i);
    const auto place_of = [&places](std::string_view name) -> std::optional<std::size_t> {
        const auto found = places.find(name);
        return found != places.end() ? std::optional(found->second) : std::nullopt;
    };
    Columns columns{.count = rows.cell_count(),
                    .raw = place_of("_raw"),
                    .time = place_of("_time"),
                    .partial = place_of(k_partial_column),
                    .fields = {}};
    for (const log::ShapePath& line : shape_->paths()) {
        const auto column = place_of(line.path);
        if (!line.in_columns || !column) continue;
        const auto twin = place_of(std::string(csv::k_multivalue_prefix) + std::string(line.path));
        columns.fields.push_back({.field = line.field, .column = *column, .twin = twin});
    }
    const auto has = [&columns](std::string_view Event::* field) {
        return std::ranges::find(columns.fields, field, &Columns::Field::field) !=
               columns.fields.end();
    };
    into_.intake.saw_call_columns |= has(&Event::source) && has(&Event::name);
    const auto fields = std::ranges::count_if(  // twins and what is Splunk's own begin so
        places, [](const auto& place) { return !place.first.starts_with('_'); });
    into_.intake.fields = std::max(into_.intake.fields, static_cast<std::uint64_t>(fields));
    return columns;
}

void EventRows::read_raw_row(std::string_view raw, std::optional<Time> time) {
    if (raw.empty()) return into_.intake.skip("its _raw is empty");
    into_.clock.lap(Stage::csv);
    documents_.read(
        raw, time,
        {.take = [this](const Event& event) { take(event); },
         .skip =
             [this](std::string_view why) { into_.intake.skip("its _raw " + std::string(why)); }});
    into_.clock.lap(Stage::json);
}

void EventRows::read_fields_row(RowReader& rows, const Columns& columns, std::optional<Time> time) {
    Event event;
    event.row_time = time;
    std::deque<std::string> kept;  // texts that the row itself does not hold
    for (const auto& [field, column, twin] : columns.fields) {
        event.*field = rows.cell(column);
        // JSON that Splunk extracts twice, at index and at search time, gives each value twice.
        if (twin && !rows.cell(*twin).empty()) {
            event.*field = kept.emplace_back(csv::first_of_twin(rows.cell(*twin)));
        }
        if (!simdjson::validate_utf8(event.*field)) {
            std::string valid;
            text::append_valid_utf8(valid, event.*field);
            event.*field = kept.emplace_back(std::move(valid));
        }
    }
    if (says_success(event.error_code)) event.error_code = {};
    into_.clock.lap(Stage::csv);
    take(event);
}

void EventRows::take(const Event& event) {
    into_.clock.lap(Stage::json);
    into_.intake.take(detect::add(into_.activity, event));
    into_.clock.lap(Stage::group);
}

}  // namespace cloudhijack::search
