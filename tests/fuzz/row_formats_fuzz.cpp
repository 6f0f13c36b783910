// Any texts as the cells of rows, separated by `|` and `~`: each form of the output gives them back
// when it is read, and none of them leaves its place on a terminal, in a page, in a spreadsheet or
// in a command.

#include <simdjson.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "byte_pieces.hpp"
#include "csv/multivalue.hpp"
#include "csv/row_reader.hpp"
#include "fuzz_records.hpp"
#include "output/csv_and_ndjson.hpp"
#include "output/html.hpp"
#include "output/splunk_csv.hpp"
#include "output/terminal_table.hpp"
#include "output/terminal_text.hpp"
#include "safe_text.hpp"
#include "text/shell_word.hpp"
#include "text/utf8.hpp"

namespace {

using namespace cloudhijack;

using Texts = std::vector<std::string>;

constexpr std::array k_columns = {detect::Column{.name = "Text"},
                                  detect::Column{.name = "List", .multivalue = true},
                                  detect::Column{.name = "Number"}};

Texts split(std::string_view text, char separator) {
    Texts parts;
    while (true) {
        const auto end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

/// A row: a text, a list, a number.
struct Cells {
    std::string text;
    Texts list;
};

std::vector<Texts> table_of(const std::string& csv) {
    io::Window window(in_pieces(csv, csv.size() + 1), std::size_t{64} * 1024 * 1024);
    window.set_limit(csv.size());
    csv::RowReader reader(window);
    std::vector<Texts> table;
    while (true) {
        const auto next = reader.next(csv.size());
        must(next && *next != csv::RowReader::Next::unclosed, "rows cannot be read");
        if (*next == csv::RowReader::Next::end) return table;
        auto& row = table.emplace_back();
        for (std::size_t i = 0; i < reader.cell_count(); ++i) row.emplace_back(reader.cell(i));
    }
}

std::vector<Texts> rows_under_header(const std::string& csv, std::size_t rows) {
    auto table = table_of(csv);
    must(table.size() == rows + 1, "another number of rows is read");
    table.erase(table.begin());
    return table;
}

// Reads `$a$;$b$` plainly.
Texts list_of_twin(std::string_view twin) {
    Texts list;
    while (!twin.empty()) {
        must(twin.starts_with('$'), "a twin has no $");
        twin.remove_prefix(1);
        auto& value = list.emplace_back();
        while (true) {
            must(!twin.empty(), "a twin is open");
            const bool is_doubled = twin.starts_with("$$");
            const bool ends = twin.starts_with('$') && !is_doubled;
            if (!ends) value += twin.front();
            twin.remove_prefix(is_doubled ? 2 : 1);
            if (ends) break;
        }
        if (twin.starts_with(';')) twin.remove_prefix(1);
    }
    return list;
}

void check_ndjson(const std::vector<Cells>& cells, std::span<const detect::Row> rows) {
    const auto lines = lines_of(output::to_ndjson(k_columns, rows));
    must(lines.size() == cells.size(), "a row is not one line");
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const auto row = nlohmann::json::parse(lines[i], nullptr, /*allow_exceptions=*/false);
        must(row.is_object() && row["Text"].is_string() && row["Number"] == i, "a row is no JSON");
        const bool is_valid = simdjson::validate_utf8(cells[i].text);
        must(!is_valid || row["Text"] == cells[i].text, "JSON has another text");
        must(row["List"].size() == cells[i].list.size(), "JSON has another list");
    }
}

void check_csv(const std::vector<Cells>& cells, std::span<const detect::Row> rows) {
    const auto raw = rows_under_header(output::to_csv(k_columns, rows, true), cells.size());
    const auto safe = rows_under_header(output::to_csv(k_columns, rows, false), cells.size());
    const auto splunk = rows_under_header(output::to_splunk_csv(k_columns, rows), cells.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const Texts expected = {cells[i].text, csv::joined_by_newlines(cells[i].list),
                                std::to_string(i)};
        must(raw[i] == expected, "CSV has another row");
        for (std::size_t cell = 0; cell < expected.size(); ++cell) {
            const std::string& shown = safe[i].at(cell);
            must(shown == expected[cell] || shown == '\'' + expected[cell], "CSV has another cell");
            must(shown.empty() || !std::string_view("=+-@\t\r").contains(shown.front()),
                 "a spreadsheet would take a cell for a formula");
        }
        must(splunk[i].size() == 4, "Splunk gets another number of cells");
        must(std::equal(expected.begin(), expected.end(), splunk[i].begin()), "Splunk gets others");
        const Texts twin = list_of_twin(splunk[i].back());
        must(cells[i].list.size() < 2 ? twin.empty() : twin == cells[i].list,
             "a list is another one");
    }
}

std::string unquoted_by_shell(std::string_view word) {
    std::string text;
    bool is_quoted = false;
    while (!word.empty()) {
        const char c = word.front();
        word.remove_prefix(1);
        if (c == '\'') {
            is_quoted = !is_quoted;
        } else if (c == '\\' && !is_quoted) {
            must(!word.empty(), "a word ends with a backslash");
            text += word.front();
            word.remove_prefix(1);
        } else {
            must(is_quoted || !std::string_view(" \t\n;&|<>()$`\"*?[#~!{}").contains(c),
                 "a shell interprets a word");
            text += c;
        }
    }
    must(!is_quoted, "a quote is open");
    return text;
}

void check_text(const std::string& text) {
    const std::string shown = output::for_terminal(text, 0);
    must_be_safe(shown);
    must(!shown.contains('\n'), "a text has several lines");
    must(output::for_terminal(shown, 0) == shown, "a text that is shown again differs");
    for (const std::size_t width : {1U, 2U, 9U, 40U}) {
        const std::string narrow = output::for_terminal(text, width);
        must_be_safe(narrow);
        must(output::terminal_columns(narrow) <= width, "a text is too wide");
    }
    must(unescaped_html(output::escaped_html(text)) == shown, "a page shows another text");
    must(unquoted_by_shell(text::quoted_for_shell(text)) == text, "a shell reads another word");

    std::string valid;
    text::append_valid_utf8(valid, text);
    must(simdjson::validate_utf8(valid), "a repaired text is no UTF-8");
    must(valid == text || !simdjson::validate_utf8(text), "valid text is repaired");
}

void check_table(const std::vector<Cells>& cells) {
    std::vector<output::TableRow> rows;
    rows.reserve(cells.size());
    for (const Cells& one : cells) {
        rows.push_back({.cells = {one.text, one.list.front()}, .details = one.list});
    }
    constexpr std::array columns = {output::TableColumn{.title = "Text", .least = 5},
                                    output::TableColumn{.title = "List", .right = true, .rank = 1}};
    must_be_safe(output::to_table(columns, rows, {.width = 30, .colour = false}));
    must_be_safe(output::to_table(columns, rows, {.width = 0, .colour = false}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    std::vector<Cells> cells;
    std::vector<detect::Row> rows;
    for (const std::string& line : split(input, '~')) {
        Texts list = split(line, '|');
        for (const std::string& text : list) check_text(text);
        rows.push_back({list.front(), list, detect::number(cells.size())});
        cells.push_back({.text = list.front(), .list = std::move(list)});
    }
    check_ndjson(cells, rows);
    check_csv(cells, rows);
    check_table(cells);
    return 0;
}
