#include "output/csv_and_ndjson.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "csv/multivalue.hpp"
#include "csv/row_writer.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::output {
namespace {

using detect::Column;
using detect::Number;
using detect::Row;

std::string json_string(const std::string& text) {
    using nlohmann::json;
    return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

struct JsonValue {
    std::string operator()(const std::string& text) const { return json_string(text); }
    std::string operator()(const Number& number) const { return number.digits; }
    std::string operator()(const std::vector<std::string>& list) const {
        std::string text = "[";
        for (const std::string& value : list) {
            if (text.size() > 1) text += ',';
            text += json_string(value);
        }
        return text + ']';
    }
};

std::string safe_for_spreadsheets(std::string text) {
    constexpr std::string_view formula = "=+-@\t\r";
    if (!text.empty() && formula.contains(text.front())) text.insert(0, 1, '\'');
    return text;
}

struct CsvCell {
    bool raw;

    std::string operator()(const std::string& text) const {
        return raw ? text : safe_for_spreadsheets(text);
    }
    std::string operator()(const Number& number) const { return number.digits; }
    std::string operator()(const std::vector<std::string>& list) const {
        return (*this)(csv::joined_by_newlines(list));
    }
};

}  // namespace

std::string to_ndjson(std::span<const Column> columns, std::span<const Row> rows) {
    std::string out;
    for (const Row& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            out += i == 0 ? '{' : ',';
            out += json_string(std::string(columns[i].name)) + ':';
            out += std::visit(JsonValue{}, row[i]);
        }
        out += "}\n";
    }
    return out;
}

std::string to_csv(std::span<const Column> columns, std::span<const Row> rows, bool raw) {
    std::vector<std::string> cells;
    for (const Column& column : columns) cells.emplace_back(column.name);
    std::string out;
    csv::append_row(out, cells);
    for (const Row& row : rows) {
        cells.clear();
        for (const detect::Value& value : row) cells.push_back(std::visit(CsvCell{raw}, value));
        csv::append_row(out, cells);
    }
    return out;
}

}  // namespace cloudhijack::output
