#include "command/event_rows.hpp"

#include <optional>
#include <vector>

#include "csv/row_reader.hpp"
#include "scp/limits.hpp"

namespace cloudhijack::command {
namespace {

using csv::RowReader;

/// Where the columns of one chunk stand; each chunk has a header of its own.
struct Columns {
    std::size_t count = 0;
    std::optional<std::size_t> raw;
    std::optional<std::size_t> time;
};

Result<Columns> read_header(RowReader& rows) {
    Columns columns{.count = rows.cell_count(), .raw = {}, .time = {}};
    if (columns.count > scp::k_column_cap) {
        return failure(
            "the events have more than " + std::to_string(scp::k_column_cap) +
            " columns, the most that cloudhijack reads; put | fields _time, _raw before it");
    }
    for (std::size_t i = columns.count; i-- > 0;) {  // of columns with one name the first counts
        if (rows.cell(i) == "_raw") columns.raw = i;
        if (rows.cell(i) == "_time") columns.time = i;
    }
    return columns;
}

std::string_view cell(RowReader& rows, std::optional<std::size_t> column) {
    return column ? rows.cell(*column) : std::string_view{};
}

void read_row(std::string_view raw, std::string_view time, cloudtrail::EventReader& reader,
              detect::VolumeActivity& activity, Intake& intake) {
    if (raw.empty()) return intake.skip("its _raw is empty");
    const auto event = reader.read(raw);
    if (!event) return intake.skip("its _raw " + event.error().text);
    switch (activity.add(*event, cloudtrail::parse_time(time))) {
        case detect::VolumeActivity::Added::counted:
            ++intake.counted;
            return;
        case detect::VolumeActivity::Added::irrelevant:
            return;
        case detect::VolumeActivity::Added::undated:
            return intake.skip("neither _time nor the record's eventTime is a time");
    }
}

}  // namespace

void Intake::skip(std::string_view reason) {
    if (++unreadable == 1) {
        first_reason = "row " + std::to_string(rows) + ": " + std::string(reason);
    }
}

Result<> read_event_rows(io::Window& body, cloudtrail::EventReader& reader,
                         detect::VolumeActivity& activity, Intake& intake) {
    RowReader rows(body);
    std::optional<Columns> columns;
    while (true) {
        const auto next = rows.next(columns ? columns->count : scp::k_column_cap + 1);
        if (!next) return std::unexpected(next.error());
        if (*next == RowReader::Next::end) return {};
        if (!columns && *next == RowReader::Next::row) {
            auto header = read_header(rows);
            if (!header) return std::unexpected(header.error());
            columns = *header;
            continue;
        }
        ++intake.rows;
        if (*next == RowReader::Next::unclosed) {
            intake.skip("the chunk ends inside a quoted cell");
            continue;
        }
        if (!columns->raw) {
            return failure(
                "the events have no _raw, in which cloudhijack reads the CloudTrail record; keep "
                "it: "
                "| fields _time, _raw | cloudhijack");
        }
        read_row(rows.cell(*columns->raw), cell(rows, columns->time), reader, activity, intake);
    }
}

}  // namespace cloudhijack::command
