#include "output/splunk_csv.hpp"

#include "csv/multivalue.hpp"
#include "csv/row_writer.hpp"

namespace cloudhijack::output {
namespace {

struct CellText {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const detect::Number& number) const { return number.digits; }
    std::string operator()(const std::vector<std::string>& list) const {
        return csv::joined_by_newlines(list);
    }
};

}  // namespace

std::string to_splunk_csv(std::span<const detect::Column> columns,
                          std::span<const detect::Row> rows) {
    std::vector<std::string> cells;
    for (const detect::Column& column : columns) cells.emplace_back(column.name);
    for (const detect::Column& column : columns) {
        if (column.multivalue)
            cells.push_back(std::string(csv::k_multivalue_prefix) + std::string(column.name));
    }
    std::string csv;
    csv::append_row(csv, cells);
    for (const detect::Row& row : rows) {
        cells.clear();
        for (const detect::Value& value : row) cells.push_back(std::visit(CellText{}, value));
        for (const detect::Value& value : row) {
            const auto* list = std::get_if<std::vector<std::string>>(&value);
            if (list != nullptr) cells.push_back(csv::multivalue_twin(*list));
        }
        csv::append_row(csv, cells);
    }
    return csv;
}

}  // namespace cloudhijack::output
