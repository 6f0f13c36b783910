#include "csv/row_reader.hpp"

#include <string>
#include <utility>

#include "text/number.hpp"

namespace cloudhijack::csv {
namespace {

using Fill = io::Window::Fill;

// Takes the quotes off a cell in place and returns its value.
std::string_view unquote(std::span<char> cell) {
    std::size_t size = 0;
    bool inside = true;
    for (std::size_t i = 1; i < cell.size(); ++i) {
        if (inside && cell[i] == '"') {
            inside = i + 1 < cell.size() && cell[i + 1] == '"';
            if (!inside) continue;
            ++i;
        }
        cell[size++] = cell[i];
    }
    return {cell.data(), size};
}

}  // namespace

Result<RowReader::Next> RowReader::next(std::size_t wanted_cells) {
    while (true) {
        const auto found = scan_row(wanted_cells);
        const bool blank = position_ == 0;
        if (!found || *found != Next::row || !blank) return found;
    }
}

Result<RowReader::Next> RowReader::scan_row(std::size_t wanted_cells) {
    offset_ += row_size_;
    window_->consume(std::exchange(row_size_, 0));
    cells_.clear();
    state_ = State::cell_start;
    position_ = cell_begin_ = 0;
    cell_is_quoted_ = false;
    while (true) {
        const auto bytes = window_->unread();
        if (scan(bytes, wanted_cells)) return Next::row;
        const auto fill = window_->more();
        if (!fill) return std::unexpected(fill.error());
        switch (*fill) {
            case Fill::more:
                break;
            case Fill::end:
                return peer_gone();
            case Fill::full:
                return failure("a row is longer than " + text::in_mebibytes(position_) +
                               ", the most that cloudhijack reads");
            case Fill::limit:
                row_size_ = position_;
                if (position_ == 0) return Next::end;
                if (state_ == State::quoted) return Next::unclosed;
                finish_cell(position_ - (ends_in_carriage_return(bytes) ? 1 : 0), wanted_cells);
                return Next::row;
        }
    }
}

// True where the row's last byte, its newline, is among these.
bool RowReader::scan(std::span<const char> bytes, std::size_t wanted_cells) {
    for (; position_ < bytes.size(); ++position_) {
        const char c = bytes[position_];
        if (state_ == State::quoted) {
            if (c == '"') state_ = State::quote_in_quoted;
        } else if (c == ',') {
            finish_cell(position_, wanted_cells);
            cell_begin_ = position_ + 1;
        } else if (c == '\n') {
            row_size_ = position_ + 1;
            if (ends_in_carriage_return(bytes)) --position_;
            finish_cell(position_, wanted_cells);
            return true;
        } else if (c == '"' && state_ != State::unquoted) {
            cell_is_quoted_ = true;
            state_ = State::quoted;
        } else {
            state_ = State::unquoted;
        }
    }
    return false;
}

bool RowReader::ends_in_carriage_return(std::span<const char> bytes) const {
    return position_ > cell_begin_ && bytes[position_ - 1] == '\r';
}

void RowReader::finish_cell(std::size_t end, std::size_t wanted_cells) {
    if (cells_.size() < wanted_cells) {
        cells_.push_back({cell_begin_, end - cell_begin_, cell_is_quoted_});
    }
    state_ = State::cell_start;
    cell_is_quoted_ = false;
}

std::string_view RowReader::cell(std::size_t index) {
    if (index >= cells_.size()) return {};
    Cell& cell = cells_[index];
    const std::span<char> bytes = window_->unread().subspan(cell.begin, cell.size);
    if (!cell.quoted) return {bytes.data(), bytes.size()};
    const std::string_view value = unquote(bytes);
    cell.quoted = false;
    cell.size = value.size();
    return value;
}

}  // namespace cloudhijack::csv
