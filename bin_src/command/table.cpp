#include "command/table.hpp"

#include "csv/row_writer.hpp"

namespace cloudhijack::command {
namespace {

std::string joined_by_newlines(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) {
        if (&value != &values.front()) text += '\n';
        text += value;
    }
    return text;
}

std::string multivalue_twin(const std::vector<std::string>& values) {
    std::string text;
    if (values.size() < 2) return text;
    for (const std::string& value : values) {
        if (!text.empty()) text += ';';
        text += '$';
        for (const char c : value) {
            if (c == '$') text += '$';
            text += c;
        }
        text += '$';
    }
    return text;
}

struct CellText {
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const Number& number) const { return number.digits; }
    std::string operator()(const std::vector<std::string>& list) const {
        return joined_by_newlines(list);
    }
};

}  // namespace

std::string to_splunk_csv(std::span<const Column> columns, std::span<const Row> rows) {
    std::vector<std::string> cells;
    for (const Column& column : columns) cells.emplace_back(column.name);
    for (const Column& column : columns) {
        if (column.multivalue) cells.push_back("__mv_" + std::string(column.name));
    }
    std::string csv;
    csv::append_row(csv, cells);
    for (const Row& row : rows) {
        cells.clear();
        for (const Value& value : row) cells.push_back(std::visit(CellText{}, value));
        for (const Value& value : row) {
            const auto* list = std::get_if<std::vector<std::string>>(&value);
            if (list != nullptr) cells.push_back(multivalue_twin(*list));
        }
        csv::append_row(csv, cells);
    }
    return csv;
}

}  // namespace cloudhijack::command
