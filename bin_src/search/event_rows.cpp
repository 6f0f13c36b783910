#include "search/event_rows.hpp"

#include <algorithm>
#include <deque>
#include <map>

#include "csv/multivalue.hpp"
#include "scp/limits.hpp"
#include "text/lower_case.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::search {
namespace {

using csv::RowReader;
using log::Event;
using text::Time;

constexpr std::string_view k_empty_raw = "its _raw is empty";

constexpr std::string_view k_cut_by_splunk =
    "; Splunk cuts events off at the length that TRUNCATE in props.conf sets, 10,000 bytes by "
    "default";

// Whether a cell begins as JSON but does not end as JSON.
bool is_cut(std::string_view cell) {
    const std::string_view text = text::trimmed(text::trimmed(cell, "\""));
    const bool begins = text.starts_with('{') || text.starts_with('[');
    return begins && !text.ends_with('}') && !text.ends_with(']');
}

constexpr std::string_view k_add_on_success = "success";

// The Splunk Add-on for AWS writes `success`, in any case, as the error code of every successful
// call.
bool says_success(std::string_view error_code) {
    return text::same_in_any_case(error_code, k_add_on_success);
}

}  // namespace

EventRows::EventRows(config::Input input, const log::LogSet& logs, Sinks sinks)
    : input_(input),
      logs_(&logs),
      records_(logs, sinks.filter),
      sinks_(std::move(sinks)),
      taker_{.take = [this](const log::Event& event) { take(event); },
             .skip = [this](const log::LostPart& part) { skip(part); },
             .miss = [this](std::string_view keys) { sinks_.intake.miss(keys); },
             .pass_over =
                 [this] {
                     ++sinks_.intake.records;
                     sinks_.clock.lap(Stage::csv);
                 }} {}

std::vector<std::string> EventRows::required_fields(config::Input input, bool with_partial_rows,
                                                    const log::LogSet& logs) {
    std::vector<std::string> fields = {"_time"};
    if (input == config::Input::raw || with_partial_rows) fields.emplace_back("_raw");
    if (with_partial_rows) fields.emplace_back(k_partial_column);
    if (input == config::Input::fields) {
        for (const log::ShapePath& line : logs.main().shape.paths()) {
            if (line.in_columns) fields.emplace_back(line.path);
        }
    }
    return fields;
}

Result<> EventRows::read_chunk(io::Window& body) {
    records_.shrink();
    RowReader rows(body);
    sinks_.clock.start_row();
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
            ++sinks_.intake.rows;
            sinks_.intake.skip({.why = "the chunk ends inside a quoted cell"});
        } else if (auto read = read_row(rows, *columns); !read) {
            return read;
        }
        sinks_.clock.start_row();
    }
}

Result<> EventRows::read_row(RowReader& rows, const Columns& columns) {
    if (sinks_.take_partial && is_partial(rows, columns)) {
        const std::string_view document = rows.cell(*columns.partial);
        sinks_.clock.lap(Stage::csv);
        sinks_.take_partial(document);
        return {};
    }
    ++sinks_.intake.rows;
    const auto time = columns.time ? text::parse_time(rows.cell(*columns.time)) : std::nullopt;
    if (time) sinks_.intake.newest = std::max(sinks_.intake.newest, time);
    if (input_ == config::Input::fields) {
        read_fields_row(rows, columns, time);
        return {};
    }
    if (!columns.raw && !(columns.partial && sinks_.take_partial)) {
        return failure(
            "the events have no field _raw, from which cloudhijack reads their records; keep it, "
            "as in | fields _time, _raw | cloudhijack, or use input=fields");
    }
    if (!columns.raw) {
        sinks_.intake.skip({.why = k_empty_raw});
        return {};
    }
    read_raw_row(rows, *columns.raw, time);
    return {};
}

// Most cells are quoted and can be read without unquoting them.
void EventRows::read_raw_row(RowReader& rows, std::size_t raw, std::optional<Time> time) {
    const std::string_view cell = rows.written_cell(raw);
    sinks_.clock.lap(Stage::csv);
    raw_ = cell;
    if (cell.size() >= 2 && cell.front() == '"' && cell.back() == '"') {
        records_.read_cell({.text = cell.substr(1, cell.size() - 2),
                            .quotes = json::Quotes::doubled,
                            .row_time = time},
                           taker_, [&] { return rows.cell(raw); });
    } else if (rows.cell(raw).empty()) {
        sinks_.intake.skip({.why = k_empty_raw});
    } else {
        records_.read({.text = rows.cell(raw), .row_time = time, .may_pass_over = false}, taker_);
    }
    sinks_.clock.lap(Stage::json);
}

// Whether a row is a partial one. An event has _raw, or else its fields.
bool EventRows::is_partial(RowReader& rows, const Columns& columns) {
    return columns.partial && !rows.cell(*columns.partial).empty() &&
           (!columns.raw || rows.cell(*columns.raw).empty()) &&
           std::ranges::all_of(columns.fields, [&rows](const Columns::Field& field) {
               return rows.cell(field.column).empty();
           });
}

Result<EventRows::Columns> EventRows::read_header(RowReader& rows) {
    if (rows.cell_count() > scp::k_column_cap) {
        return failure("the events have more than " + std::to_string(scp::k_column_cap) +
                       " columns, which is the limit; put | fields _time, _raw before the command");
    }
    std::map<std::string, std::size_t, std::less<>> indices;  // the first column with a name counts
    for (std::size_t i = 0; i < rows.cell_count(); ++i) indices.emplace(rows.cell(i), i);
    const auto index_of = [&indices](std::string_view name) -> std::optional<std::size_t> {
        const auto found = indices.find(name);
        return found != indices.end() ? std::optional(found->second) : std::nullopt;
    };
    Columns columns{.count = rows.cell_count(),
                    .raw = index_of("_raw"),
                    .time = index_of("_time"),
                    .partial = index_of(k_partial_column),
                    .fields = {}};
    for (const log::ShapePath& line : logs_->main().shape.paths()) {
        const auto column = index_of(line.path);
        if (!line.in_columns || !column) continue;
        const auto twin = index_of(std::string(csv::k_multivalue_prefix) + std::string(line.path));
        columns.fields.push_back({.field = line.field, .column = *column, .twin = twin});
    }
    const auto has = [&columns](std::string_view Event::* field) {
        return std::ranges::find(columns.fields, field, &Columns::Field::field) !=
               columns.fields.end();
    };
    sinks_.intake.saw_call_columns |= has(&Event::source) && has(&Event::name);
    const auto fields = std::ranges::count_if(  // twins and Splunk's internal fields begin with _
        indices, [](const auto& place) { return !place.first.starts_with('_'); });
    sinks_.intake.fields = std::max(sinks_.intake.fields, static_cast<std::uint64_t>(fields));
    return columns;
}

void EventRows::read_fields_row(RowReader& rows, const Columns& columns, std::optional<Time> time) {
    Event event;
    event.log = logs_->main().log;
    event.row_time = time;
    std::deque<std::string> kept;  // texts that are not in the row itself
    for (const auto& [field, column, twin] : columns.fields) {
        event.*field = rows.cell(column);
        // If Splunk extracts JSON at index time and again at search time, each value occurs twice.
        if (twin && !rows.cell(*twin).empty()) {
            event.*field = kept.emplace_back(csv::first_of_twin(rows.cell(*twin)));
        }
        std::string repaired;
        text::valid_utf8(event.*field, repaired);
        if (!repaired.empty()) event.*field = kept.emplace_back(std::move(repaired));
    }
    if (says_success(event.error_code)) event.error_code = {};
    sinks_.clock.lap(Stage::csv);
    if (!event.log->recognises(event)) return sinks_.intake.miss_in_fields(*event.log);
    texts_.restart();
    event.log->finish(event, texts_);
    take(event);
}

void EventRows::skip(const log::LostPart& part) {
    std::string why = "its _raw";
    if (part.position > 0) why += ", from byte " + std::to_string(part.position) + " on,";
    why += ' ';
    why += part.why;
    if (part.is_cut_off || is_cut(raw_)) why += k_cut_by_splunk;
    log::LostPart in_row = part;
    in_row.why = why;
    sinks_.intake.skip(in_row);
}

void EventRows::take(const Event& event) {
    sinks_.clock.lap(Stage::json);
    const detect::Added added = detect::add(sinks_.activity, event);
    if (added == detect::Added::undated) {
        const std::string_view key = event.log->path_of(&Event::time_text);
        const std::string why = "neither _time nor the record's " + std::string(key) + " is a time";
        sinks_.intake.skip({.why = why});
    } else {
        sinks_.intake.take(added);
    }
    sinks_.clock.lap(Stage::group);
}

}  // namespace cloudhijack::search
