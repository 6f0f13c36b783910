#include "scan/report.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
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

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// The first `count` characters of valid UTF-8.
std::string_view first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    while (end < text.size() && (continues_character(text[end]) || count-- > 0)) ++end;
    return text.substr(0, end);
}

std::string_view last_characters(std::string_view text, std::size_t count) {
    std::size_t begin = text.size();
    while (begin > 0 && count > 0) count -= continues_character(text[--begin]) ? 0 : 1;
    return text.substr(begin);
}

/// A column of the table: `flexible` ones give way where the terminal is narrow.
struct TableColumn {
    std::string_view title;
    bool right = false;
    std::size_t least = 0;  ///< characters that it keeps; 0: all of them
    std::size_t width = 0;
};

using Line = std::array<std::string, 8>;
using TableColumns = std::array<TableColumn, 8>;

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

void fit(TableColumns& columns, std::span<const Line> lines, std::size_t terminal_width) {
    std::size_t total = 2 * (columns.size() - 1);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        columns.at(i).width = columns.at(i).title.size();
        for (const Line& line : lines) {
            columns.at(i).width = std::max(columns.at(i).width, character_count(line.at(i)));
        }
        total += columns.at(i).width;
    }
    if (terminal_width == 0) return;
    for (TableColumn& column : columns) {
        if (column.least == 0 || column.width <= column.least || total <= terminal_width) continue;
        const std::size_t spare = std::min(total - terminal_width, column.width - column.least);
        column.width -= spare;
        total -= spare;
    }
}

void append_cell(std::string& out, const TableColumn& column, std::string_view text) {
    const std::string shown = for_terminal(text, column.width);
    const std::string blanks(column.width - std::min(column.width, character_count(shown)), ' ');
    out += column.right ? blanks + shown : shown + blanks;
}

void append_line(std::string& out, const TableColumns& columns, const auto& cells) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (i > 0) out += "  ";
        append_cell(out, columns.at(i), cells.at(i));
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

std::size_t character_count(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(text, std::not_fn(continues_character)));
}

std::string for_terminal(std::string_view text, std::size_t width) {
    std::string shown;
    text::append_valid_utf8(shown, text);
    // C1 controls are two bytes of UTF-8: C2 80 to C2 9F.
    for (std::size_t i = 0; i < shown.size(); ++i) {
        const auto byte = static_cast<unsigned char>(shown[i]);
        if (byte < 0x20 || byte == 0x7F) shown[i] = '?';
        const bool is_c1 = byte == 0xC2 && static_cast<unsigned char>(shown[i + 1]) < 0xA0;
        if (is_c1) shown.replace(i, 2, "?");
    }
    if (width == 0 || character_count(shown) <= width) return shown;
    const std::size_t kept = width - 1;
    return std::string(first_characters(shown, kept / 2)) + std::string(k_cut) +
           std::string(last_characters(shown, kept - kept / 2));
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
    TableColumns columns = {{{.title = "Score", .right = true},
                             {.title = "Span from"},
                             {.title = "Service"},
                             {.title = "Calls", .right = true},
                             {.title = "Limit", .right = true},
                             {.title = "Caller", .least = 16},
                             {.title = "Region"},
                             {.title = "Addresses", .least = 9}}};
    std::vector<Line> lines;
    for (const auto& finding : findings) lines.push_back(to_line(finding));
    fit(columns, lines, look.width);

    std::string out;
    if (!findings.empty()) {
        std::array<std::string_view, 8> titles;
        std::ranges::transform(columns, titles.begin(), &TableColumn::title);
        append_line(out, columns, titles);
        out += '\n';
    }
    for (std::size_t i = 0; i < findings.size(); ++i) {
        const std::string_view colour =
            look.colour ? colour_of(findings[i].score) : std::string_view{};
        out += colour;
        append_line(out, columns, lines[i]);
        out += colour.empty() ? "\n" : "\x1b[0m\n";
        const std::size_t room = look.width > 16 ? look.width - 8 : 0;
        for (const std::string& reason : findings[i].reasons) {
            out += "        " + for_terminal(reason, room) + '\n';
        }
    }
    return out;
}

}  // namespace cloudhijack::scan
