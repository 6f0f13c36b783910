#include "csv/row_reader.hpp"

#include <algorithm>
#include <string>

#include "csv/unquote.hpp"
#include "text/number.hpp"

namespace cloudhijack::csv {
namespace {

using Fill = io::Window::Fill;

}  // namespace

Result<RowReader::Next> RowReader::next(std::size_t wanted_cells) {
    while (true) {
        window_->consume(static_cast<std::size_t>(row_size_));
        offset_ += row_size_;
        row_size_ = 0;
        cell_count_ = 0;
        values_.clear();
        const auto found = find_row();
        if (!found || *found != Next::row) return found;
        cell_count_ = std::min(row_.size() + 1, wanted_cells);
        const bool is_blank = row_.empty() && row_end_ == offset_ && ends_in_newline_;
        if (!is_blank) return found;
    }
}

Result<RowReader::Next> RowReader::find_row() {
    while (true) {
        const auto separators = separators_.row();
        if (!separators.empty()) {
            row_ = separators.first(separators.size() - 1);
            set_row_bounds(separators.back(), separators.back() + 1 - offset_);
            ends_in_newline_ = true;
            separators_.next();
            return Next::row;
        }
        const auto bytes = window_->unread();
        const std::uint64_t end = offset_ + bytes.size();
        const bool is_all = bytes.size() == window_->limit();
        if (separators_.seen() < end) {
            separators_.look_at(bytes, offset_);
            if (!separators_.row().empty()) continue;
        }
        if (is_all) {
            row_size_ = bytes.size();
            if (bytes.empty()) return Next::end;
            if (separators_.ends_in_quotes()) return Next::unclosed;
            row_ = separators_.rest();
            set_row_bounds(end, bytes.size());
            ends_in_newline_ = false;
            return Next::row;
        }
        const auto fill = window_->more();
        if (!fill) return std::unexpected(fill.error());
        if (*fill == Fill::end) return peer_gone();
        if (*fill == Fill::full) {
            return failure("a row is longer than " + text::in_mebibytes(bytes.size()) +
                           ", which is the limit");
        }
    }
}

// Sets the bounds of a row whose last cell ends at `end`, or one byte earlier if a carriage return
// is part of the line ending.
void RowReader::set_row_bounds(std::uint64_t end, std::uint64_t size) {
    row_size_ = size;
    row_end_ = end;
    const std::uint64_t last_cell = row_.empty() ? offset_ : row_.back() + 1;
    if (end > last_cell && window_->unread()[static_cast<std::size_t>(end - offset_ - 1)] == '\r') {
        --row_end_;
    }
}

std::string_view RowReader::written_cell(std::size_t index) const {
    if (index >= cell_count_) return {};
    const std::uint64_t begin = index == 0 ? offset_ : row_[index - 1] + 1;
    const std::uint64_t end = index < row_.size() ? row_[index] : row_end_;
    const std::span<char> bytes = window_->unread().subspan(
        static_cast<std::size_t>(begin - offset_), static_cast<std::size_t>(end - begin));
    return {bytes.data(), bytes.size()};
}

std::string_view RowReader::cell(std::size_t index) {
    const auto known =
        std::ranges::lower_bound(values_, index, {}, &decltype(values_)::value_type::first);
    if (known != values_.end() && known->first == index) return known->second;
    const std::string_view written = written_cell(index);
    if (!written.starts_with('"')) return written;
    const std::span<char> bytes = window_->unread().subspan(
        static_cast<std::size_t>(written.data() - window_->unread().data()), written.size());
    const std::string_view value =
        separators_.saw_stray_quote() ? unquote_plainly(bytes) : unquote(bytes, cpu_);
    values_.emplace(known, index, value);
    return value;
}

}  // namespace cloudhijack::csv
