#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/row.hpp"
#include "output/html.hpp"

namespace cloudhijack::output {

/// A column of a table in the report.
struct ReportColumn {
    Markup title;
    Markup kind = "text";    ///< the class of its cells: `text`, `number` or `time`
    bool is_header = false;  ///< its cells name their rows
};

/// The content of a cell.
struct ReportCell {
    std::string text;
    std::string badge = {};  ///< a severity, if the text is shown as a badge of it
};

/// The part of a row that a reader can open.
struct RowDetails {
    std::string summary;  ///< always visible
    std::function<void(Html&)> write;
};

/// Opens a table of findings; each row becomes a card on a narrow page.
void open_table(Html& html, std::span<const ReportColumn> columns, Markup kind,
                std::string_view caption);
void close_table(Html& html);

/// A row with cells for all columns. A table of the kind `findings` needs details, any other kind
/// none.
void write_row(Html& html, std::span<const ReportColumn> columns, std::span<const ReportCell> cells,
               const RowDetails* details = nullptr);

/// A row of the answer, by the names of its columns.
class NamedRow {
  public:
    NamedRow(std::span<const detect::Column> columns, const detect::Row& row)
        : columns_(columns), row_(&row) {}

    /// The values of a column; none if there is no such column, or if it is empty.
    [[nodiscard]] std::vector<std::string> values(std::string_view column) const;
    [[nodiscard]] std::string value(std::string_view column) const;

  private:
    std::span<const detect::Column> columns_;
    const detect::Row* row_;
};

/// A fact about a finding: a column, and its name for people.
struct ReportFact {
    std::string_view column;
    Markup title;
    std::string_view count_column = {};  ///< the column with the number of all values
    bool is_number = false;              ///< a whole number, which is shown in groups of digits
};

/// The facts that the row has values for, as a list of terms. Numbers that the column Truncated
/// names are estimates.
void write_facts(Html& html, const NamedRow& row, std::span<const ReportFact> facts);

/// A heading, a note unless it is empty, and a list of texts; nothing if there are no texts.
void write_lines(Html& html, Markup heading, std::span<const std::string> lines,
                 std::string_view note = {});

/// The reasons with their points, and the rules that gave them; `rules` can be empty.
void write_reasons(Html& html, std::span<const std::string> reasons,
                   std::span<const std::string> rules);

/// The reason with the most points, without them, and the number of the others: the summary of a
/// finding's details.
std::string main_reason(std::span<const std::string> reasons);

}  // namespace cloudhijack::output
