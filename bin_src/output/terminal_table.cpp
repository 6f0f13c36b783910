#include "output/terminal_table.hpp"

#include <algorithm>

#include "output/terminal_text.hpp"

namespace cloudhijack::output {
namespace {

/// A column and its layout.
struct LaidOutColumn {
    TableColumn column;
    std::size_t cell = 0;  ///< its index in a row
    std::size_t width = 0;
};

std::size_t width_of(const std::vector<LaidOutColumn>& columns) {
    std::size_t total = 2 * (columns.size() - 1);
    for (const LaidOutColumn& one : columns) total += one.width;
    return total;
}

std::vector<LaidOutColumn> lay_out(std::span<const TableColumn> columns,
                                   std::span<const TableRow> rows, std::size_t terminal_width) {
    std::vector<LaidOutColumn> laid_out;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        std::size_t width = columns[i].title.size();
        for (const TableRow& row : rows) {
            width = std::max(width, terminal_columns(for_terminal(row.cells[i], 0)));
        }
        laid_out.push_back({.column = columns[i], .cell = i, .width = width});
    }
    while (terminal_width > 0 && width_of(laid_out) > terminal_width) {
        const auto can_give = std::ranges::max_element(laid_out, {}, [](const LaidOutColumn& one) {
            return one.column.least == 0 || one.width <= one.column.least ? 0 : one.width;
        });
        if (can_give->column.least > 0 && can_give->width > can_give->column.least) {
            --can_give->width;
            continue;
        }
        const auto goes = std::ranges::max_element(
            laid_out, {}, [](const LaidOutColumn& one) { return one.column.rank; });
        if (goes->column.rank == 0) break;  // too narrow even for the columns that must stay
        laid_out.erase(goes);
    }
    return laid_out;
}

void append_cell(std::string& out, const LaidOutColumn& one, std::string_view text) {
    const std::string shown = for_terminal(text, one.width);
    const std::string blanks(one.width - std::min(one.width, terminal_columns(shown)), ' ');
    out += one.column.right ? blanks + shown : shown + blanks;
}

void append_line(std::string& out, const std::vector<LaidOutColumn>& columns,
                 std::span<const std::string> cells) {
    const std::size_t begin = out.size();
    for (const LaidOutColumn& one : columns) {
        if (out.size() > begin) out += "  ";
        append_cell(out, one, cells[one.cell]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
}

std::string_view colour_of(Emphasis emphasis) {
    switch (emphasis) {
        case Emphasis::strongest:
            return "\x1b[1;31m";  // red
        case Emphasis::strong:
            return "\x1b[33m";  // yellow
        case Emphasis::none:
            return {};
    }
    return {};
}

}  // namespace

std::string to_table(std::span<const TableColumn> columns, std::span<const TableRow> rows,
                     TableStyle style) {
    if (rows.empty()) return {};
    const auto laid_out = lay_out(columns, rows, style.width);
    std::vector<std::string> titles;
    for (const TableColumn& column : columns) titles.emplace_back(column.title);

    std::string out;
    append_line(out, laid_out, titles);
    out += '\n';
    constexpr std::string_view indent = "        ";
    const bool has_room = style.width == 0 || style.width > indent.size();
    const std::size_t room =
        has_room && style.width > 0 ? style.width - indent.size() : style.width;
    for (const TableRow& row : rows) {
        const std::string_view colour = style.colour ? colour_of(row.emphasis) : std::string_view{};
        out += colour;
        append_line(out, laid_out, row.cells);
        out += colour.empty() ? "\n" : "\x1b[0m\n";
        for (const std::string& detail : row.details) {
            out += has_room ? indent : std::string_view{};
            out += for_terminal(detail, room) + '\n';
        }
    }
    return out;
}

}  // namespace cloudhijack::output
