#include "scan/report.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "csv/multivalue.hpp"
#include "csv/row_writer.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::scan {
namespace {

using command::Column;
using command::Number;
using command::Row;

// An ellipsis, one character wide.
constexpr std::string_view k_cut = "\xE2\x80\xA6";

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

/// One character of valid UTF-8.
struct Character {
    char32_t code = 0;
    std::size_t size = 1;  ///< bytes
};

Character character_at(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (byte(0) < 0x80) return {.code = byte(0), .size = 1};
    std::size_t size = 2;
    if (byte(0) >= 0xE0) size = 3;
    if (byte(0) >= 0xF0) size = 4;
    char32_t code = byte(0) & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) code = code << 6U | (byte(i) & 0x3FU);
    return {.code = code, .size = size};
}

// At least as many columns as any terminal takes: what may be wide counts as wide, and what
// combines with the character before it as one. So a line may come out too short, never too long.
std::size_t columns_of(char32_t code) { return code < 0x1100 || code == 0x2026 ? 1 : 2; }

// Controls, and characters that change the direction of text, join lines or cannot be seen.
bool is_unsafe(char32_t code) {
    constexpr std::array<std::pair<char32_t, char32_t>, 9> ranges = {{{0x00, 0x1F},
                                                                      {0x7F, 0x9F},
                                                                      {0x061C, 0x061C},
                                                                      {0x200B, 0x200F},
                                                                      {0x2028, 0x202E},
                                                                      {0x2060, 0x206F},
                                                                      {0xFEFF, 0xFEFF},
                                                                      {0xFFF9, 0xFFFB},
                                                                      {0xE0000, 0xE007F}}};
    return std::ranges::any_of(
        ranges, [code](const auto& range) { return code >= range.first && code <= range.second; });
}

// As many whole characters from the front as fit into `width` columns.
std::string_view front_that_fits(std::string_view text, std::size_t width) {
    std::size_t end = 0;
    while (end < text.size()) {
        const auto [code, size] = character_at(text.substr(end));
        if (columns_of(code) > width) break;
        width -= columns_of(code);
        end += size;
    }
    return text.substr(0, end);
}

std::string_view back_that_fits(std::string_view text, std::size_t width) {
    while (terminal_columns(text) > width) text.remove_prefix(character_at(text).size);
    return text;
}

/// A column of the table. Where the terminal is narrow, those that can be cut give way first, and
/// then the least important ones go.
struct TableColumn {
    std::string_view title;
    bool right = false;
    std::size_t least = 0;  ///< it can be cut to so many columns of the terminal; 0: it cannot
    int rank = 0;           ///< those of the highest rank go first; 0 stays
    std::size_t cell = 0;   ///< its place in a Line
    std::size_t width = 0;
};

using Line = std::array<std::string, 8>;
using TableColumns = std::vector<TableColumn>;

Line to_line(const detect::VolumeFinding& finding) {
    const detect::VolumeGroup& group = finding.group;
    std::string addresses = std::to_string(group.source_addresses.size());
    if (!group.source_addresses.empty()) {
        addresses += " (" + std::string(group.source_addresses.front()) +
                     (group.source_addresses.size() > 1 ? ", ...)" : ")");
    }
    return {std::to_string(finding.score),
            to_utc(group.span_start),
            group.service->label,
            std::to_string(group.event_count),
            std::to_string(finding.threshold),
            std::string(group.caller_arn),
            std::string(group.region),
            std::move(addresses)};
}

std::size_t width_of(const TableColumns& columns) {
    std::size_t total = 2 * (columns.size() - 1);
    for (const TableColumn& column : columns) total += column.width;
    return total;
}

void fit(TableColumns& columns, std::span<const Line> lines, std::size_t terminal_width) {
    for (TableColumn& column : columns) {
        column.width = column.title.size();
        for (const Line& line : lines) {
            column.width =
                std::max(column.width, terminal_columns(for_terminal(line.at(column.cell), 0)));
        }
    }
    while (terminal_width > 0 && width_of(columns) > terminal_width) {
        const auto can_give = std::ranges::max_element(columns, {}, [](const TableColumn& column) {
            return column.least == 0 || column.width <= column.least ? 0 : column.width;
        });
        if (can_give->least > 0 && can_give->width > can_give->least) {
            --can_give->width;
            continue;
        }
        const auto goes = std::ranges::max_element(columns, {}, &TableColumn::rank);
        if (goes->rank == 0) return;  // narrower than a score and a name's last letters
        columns.erase(goes);
    }
}

void append_cell(std::string& out, const TableColumn& column, std::string_view text) {
    const std::string shown = for_terminal(text, column.width);
    const std::string blanks(column.width - std::min(column.width, terminal_columns(shown)), ' ');
    out += column.right ? blanks + shown : shown + blanks;
}

void append_line(std::string& out, const TableColumns& columns, const Line& line) {
    const std::size_t begin = out.size();
    for (const TableColumn& column : columns) {
        if (out.size() > begin) out += "  ";
        append_cell(out, column, line.at(column.cell));
    }
    out.erase(out.find_last_not_of(' ') + 1);
}

std::string_view colour_of(std::uint64_t score) {
    constexpr std::string_view red = "\x1b[1;31m";
    constexpr std::string_view yellow = "\x1b[33m";
    if (score >= 5) return red;
    return score >= 3 ? yellow : std::string_view{};
}

}  // namespace

std::size_t terminal_columns(std::string_view text) {
    std::size_t columns = 0;
    while (!text.empty()) {
        const auto [code, size] = character_at(text);
        columns += columns_of(code);
        text.remove_prefix(size);
    }
    return columns;
}

std::string for_terminal(std::string_view text, std::size_t width) {
    std::string valid;
    text::append_valid_utf8(valid, text);
    std::string shown;
    for (std::string_view rest = valid; !rest.empty();) {
        const auto [code, size] = character_at(rest);
        shown += is_unsafe(code) ? "?" : rest.substr(0, size);
        rest.remove_prefix(size);
    }
    const std::size_t needed = terminal_columns(shown);
    if (width == 0 || needed <= width) return shown;
    const std::size_t kept = width - 1;
    return std::string(front_that_fits(shown, kept / 2)) + std::string(k_cut) +
           std::string(back_that_fits(shown, kept - kept / 2));
}

std::string to_utc(cloudtrail::Time time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
    const auto digits = [](long value, std::size_t count) {
        const std::string text = std::to_string(value);
        return std::string(count - std::min(count, text.size()), '0') + text;
    };
    return digits(int{date.year()}, 4) + '-' + digits(unsigned{date.month()}, 2) + '-' +
           digits(unsigned{date.day()}, 2) + 'T' + digits(clock.hours().count(), 2) + ':' +
           digits(clock.minutes().count(), 2) + ':' + digits(clock.seconds().count(), 2) + 'Z';
}

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
        for (const command::Value& value : row) cells.push_back(std::visit(CsvCell{raw}, value));
        csv::append_row(out, cells);
    }
    return out;
}

std::string to_table(std::span<const detect::VolumeFinding> findings, Look look) {
    if (findings.empty()) return {};
    TableColumns columns = {{.title = "Score", .right = true, .rank = 0, .cell = 0},
                            {.title = "Span from", .rank = 1, .cell = 1},
                            {.title = "Service", .least = 11, .rank = 2, .cell = 2},
                            {.title = "Calls", .right = true, .rank = 3, .cell = 3},
                            {.title = "Limit", .right = true, .rank = 6, .cell = 4},
                            {.title = "Caller", .least = 12, .rank = 0, .cell = 5},
                            {.title = "Region", .least = 9, .rank = 4, .cell = 6},
                            {.title = "Addresses", .least = 9, .rank = 5, .cell = 7}};
    Line titles;
    for (const TableColumn& column : columns) titles.at(column.cell) = column.title;
    std::vector<Line> lines;
    for (const auto& finding : findings) lines.push_back(to_line(finding));
    fit(columns, lines, look.width);

    std::string out;
    append_line(out, columns, titles);
    out += '\n';
    constexpr std::string_view indent = "        ";
    const std::size_t room = look.width > indent.size() ? look.width - indent.size() : look.width;
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const std::string_view colour =
            look.colour ? colour_of(findings[i].score) : std::string_view{};
        out += colour;
        append_line(out, columns, lines[i]);
        out += colour.empty() ? "\n" : "\x1b[0m\n";
        for (const std::string& reason : findings[i].reasons) {
            out += look.width == 0 || look.width > indent.size() ? indent : std::string_view{};
            out += for_terminal(reason, room) + '\n';
        }
    }
    return out;
}

}  // namespace cloudhijack::scan
