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
#include "log/call_filter.hpp"
#include "log/record_reader.hpp"
#include "result.hpp"
#include "search/intake.hpp"
#include "search/stage_clock.hpp"

namespace cloudhijack::search {

/// The column of partial rows, which the map phase answers with.
inline constexpr std::string_view k_partial_column = "cloudhijack_partial";

/// Reads the rows of a search into an activity.
class EventRows {
  public:
    /// Where what is read goes. All of it must outlive the reader.
    struct Into {
        detect::Activity& activity;
        Intake& intake;
        StageClock& clock;
        /// Which records need not be read.
        const log::CallFilter& filter;
        /// Takes the document of a partial row, valid during the call; empty where none can come.
        std::function<void(std::string_view)> take_partial;
    };

    EventRows(config::Input input, const log::Shape& shape, Into into)
        : input_(input), shape_(&shape), documents_(shape), into_(std::move(into)) {}

    /// The fields that Splunk must send for this input.
    static std::vector<std::string> required_fields(config::Input input, bool with_partial_rows,
                                                    const log::Shape& shape);

    /// Reads one chunk's body. What is no CloudTrail record is skipped and counted. The error ends
    /// the search.
    Result<> read_chunk(io::Window& body);

  private:
    /// Where the columns of one chunk stand; each chunk has a header of its own.
    struct Columns {
        std::size_t count = 0;
        std::optional<std::size_t> raw;
        std::optional<std::size_t> time;
        std::optional<std::size_t> partial;
        /// Of each text path of the shape that has a column.
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
    bool read_written_row(std::string_view written, std::optional<text::Time> time);
    void read_raw_row(std::string_view raw, std::optional<text::Time> time);
    void read_fields_row(csv::RowReader& rows, const Columns& columns,
                         std::optional<text::Time> time);
    void take(const log::Event& event);

    config::Input input_;
    const log::Shape* shape_;
    log::DocumentReader documents_;
    Into into_;
};

}  // namespace cloudhijack::search
