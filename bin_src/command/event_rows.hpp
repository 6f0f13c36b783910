#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cloudtrail/document_reader.hpp"
#include "command/options.hpp"
#include "csv/row_reader.hpp"
#include "detect/activity.hpp"
#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::command {

/// What became of the rows of a search, and of the records in them.
struct Intake {
    std::uint64_t rows = 0;
    std::uint64_t records = 0;
    std::uint64_t counted = 0;
    std::uint64_t left_out = 0;     ///< calls of AWS itself, in mode=hunt
    std::uint64_t unreadable = 0;   ///< rows, or records inside a row that holds many
    std::string first_reason;       ///< why the first of them is unreadable
    bool saw_call_columns = false;  ///< under input=fields: eventSource and eventName

    /// Counts a record that is left out.
    void skip(std::string_view reason);
};

/// Reads the rows of a search into an activity.
class EventRows {
  public:
    /// Shape, activity and intake must outlive the reader.
    EventRows(Input input, const cloudtrail::Shape& shape, detect::Activity& activity,
              Intake& intake)
        : input_(input),
          shape_(&shape),
          documents_(shape),
          activity_(&activity),
          intake_(&intake) {}

    /// The fields that Splunk must send for this input.
    static std::vector<std::string> required_fields(Input input, const cloudtrail::Shape& shape);

    /// Reads one chunk's body. What is no CloudTrail record is skipped and counted. The error ends
    /// the search.
    Result<> read_chunk(io::Window& body);

  private:
    /// Where the columns of one chunk stand; each chunk has a header of its own.
    struct Columns {
        std::size_t count = 0;
        std::optional<std::size_t> raw;
        std::optional<std::size_t> time;
        /// Under input=fields, of each text path of the shape that has a column.
        struct Field {
            std::string_view cloudtrail::Event::* field = nullptr;
            std::size_t column = 0;
            std::optional<std::size_t> twin;
        };
        std::vector<Field> fields;
    };

    Result<Columns> read_header(csv::RowReader& rows);
    void read_raw_row(std::string_view raw, std::optional<cloudtrail::Time> time);
    void read_fields_row(csv::RowReader& rows, const Columns& columns,
                         std::optional<cloudtrail::Time> time);
    void take(const cloudtrail::Event& event);

    Input input_;
    const cloudtrail::Shape* shape_;
    cloudtrail::DocumentReader documents_;
    detect::Activity* activity_;
    Intake* intake_;
};

}  // namespace cloudhijack::command
