#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/options.hpp"
#include "csv/row_reader.hpp"
#include "detect/activity.hpp"
#include "io/window.hpp"
#include "log/event_texts.hpp"
#include "log/log_set.hpp"
#include "log/record_reader.hpp"
#include "result.hpp"
#include "search/intake.hpp"
#include "search/stage_clock.hpp"

namespace cloudhijack::search {

/// The column for the partial rows that the map phase returns.
inline constexpr std::string_view k_partial_column = "cloudhijack_partial";

/// Reads the rows of a search into an activity.
class EventRows {
  public:
    /// The destinations of the data in the rows. All of them must outlive the reader.
    struct Sinks {
        detect::Activity& activity;
        IntakeStats& intake;
        StageClock& clock;
        /// Decides which records need not be read.
        const log::CallFilter& filter;
        /// Receives the document of a partial row, which is valid during the call; empty if there
        /// are no partial rows.
        std::function<void(std::string_view)> take_partial;
    };

    /// The logs must outlive the reader.
    EventRows(config::Input input, const log::LogSet& logs, Sinks sinks);
    EventRows(const EventRows&) = delete;  // taker_ captures this
    EventRows& operator=(const EventRows&) = delete;
    EventRows(EventRows&&) = delete;
    EventRows& operator=(EventRows&&) = delete;
    ~EventRows() = default;

    /// The fields that Splunk must send for an input.
    static std::vector<std::string> required_fields(config::Input input, bool with_partial_rows,
                                                    const log::LogSet& logs);

    /// Reads the body of a chunk. A row without a record is skipped and counted. The error ends the
    /// search.
    Result<> read_chunk(io::Window& body);

  private:
    /// The indices of a chunk's columns; each chunk has its own header.
    struct Columns {
        std::size_t count = 0;
        std::optional<std::size_t> raw;
        std::optional<std::size_t> time;
        std::optional<std::size_t> partial;
        /// A text path of the main log that has a column.
        struct Field {
            std::string_view log::Event::* field = nullptr;
            std::size_t column = 0;
            std::optional<std::size_t> twin;
        };
        std::vector<Field> fields;
    };

    Result<Columns> read_header(csv::RowReader& rows);
    Result<> read_row(csv::RowReader& rows, const Columns& columns);
    static bool is_partial(csv::RowReader& rows, const Columns& columns);
    void read_raw_row(csv::RowReader& rows, std::size_t raw, std::optional<text::Time> time);
    void read_fields_row(csv::RowReader& rows, const Columns& columns,
                         std::optional<text::Time> time);
    void skip(const log::LostPart& part);
    void take(const log::Event& event);

    config::Input input_;
    const log::LogSet* logs_;
    log::RecordReader records_;
    log::EventTexts texts_;  ///< for records that come as fields
    Sinks sinks_;
    log::RecordTaker taker_;
    std::string_view raw_;  ///< the current row's cell, as written
};

}  // namespace cloudhijack::search
