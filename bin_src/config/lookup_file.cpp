#include "config/lookup_file.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/whole_file.hpp"
#include "text/lower_case.hpp"
#include "text/quote.hpp"
#include "text/trim.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::config {
namespace {

using Next = csv::RowReader::Next;

constexpr std::size_t k_longest_row = std::size_t{1} * 1024 * 1024;
constexpr std::size_t k_most_columns = 1000;

std::string valid(std::string_view cell) {
    std::string repaired;
    return std::string(text::valid_utf8(cell, repaired));
}

std::string column_name(std::string_view cell) {
    return text::in_lower_case(valid(text::trimmed(cell)));
}

}  // namespace

std::string lookup_path(const std::string& folder, std::string_view name) {
    const auto path = std::filesystem::path(folder) / name;
    std::error_code error;
    const auto type = std::filesystem::symlink_status(path, error).type();
    return type == std::filesystem::file_type::not_found ? std::string() : path.string();
}

LookupFile::LookupFile(std::string path, std::span<const LookupColumn> columns)
    : path_(std::move(path)),
      columns_(columns),
      window_(
          [this](std::span<char> buffer) -> Result<std::size_t> {
              const std::size_t size = text_.copy(buffer.data(), buffer.size(), given_);
              given_ += size;
              return size;
          },
          k_longest_row),
      rows_(window_),
      places_(columns.size(), k_absent),
      cells_(columns.size()) {}

Result<> LookupFile::open() {
    auto text = io::read_whole_file(path_, k_largest_lookup);
    if (!text) return std::unexpected(text.error());
    text_ = std::move(*text);
    if (text_.starts_with(text::k_byte_order_mark)) text_.erase(0, text::k_byte_order_mark.size());
    if (text_.contains('\r') && !text_.contains('\n')) {
        return failure(path_ +
                       ": its lines end with CR alone; save the file with LF or CRLF line endings");
    }
    window_.set_limit(text_.size());
    const bool is_blank = text::trimmed(text_, "\r\n").empty();
    return is_blank ? Result<>{} : read_header();
}

Result<> LookupFile::read_header() {
    const auto found = rows_.next(k_most_columns);
    if (!found) return failure(path_ + ": " + found.error().text);
    for (std::size_t place = 0; *found == Next::row && place < rows_.cell_count(); ++place) {
        const std::string name = column_name(rows_.cell(place));
        const auto column = std::ranges::find(columns_, name, &LookupColumn::name);
        if (column == columns_.end()) {
            if (!name.empty() && !name.starts_with('_')) other_columns_.push_back(name);
            continue;
        }
        std::size_t& known = places_[static_cast<std::size_t>(column - columns_.begin())];
        if (known != k_absent) continue;  // the first of two columns with the same name counts
        known = place;
        wanted_cells_ = place + 1;
    }
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        if (columns_[column].is_required && places_[column] == k_absent) {
            return failure(path_ + ": the first line has no column " +
                           std::string(columns_[column].name) + "; write a header with it");
        }
    }
    return {};
}

Result<bool> LookupFile::next() {
    const auto found = rows_.next(wanted_cells_);
    if (!found) return failure(path_ + ", " + line() + ": " + found.error().text);
    if (*found == Next::unclosed) {
        return failure(path_ + ", " + line() + ": a quote opens and never closes; close it");
    }
    if (*found == Next::end) return false;
    if (++row_count_ > k_most_lookup_rows) {
        return failure(path_ + ": has more than " + std::to_string(k_most_lookup_rows) +
                       " rows, which is the limit; remove some");
    }
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const std::size_t place = places_[column];
        cells_[column] = place == k_absent ? "" : valid(rows_.cell(place));
    }
    return true;
}

void LookupFile::note_bad(const std::string& why) {
    const bool is_shown = bad_rows_.first.size() < k_most_lookup_problems;
    bad_rows_.add(is_shown ? path_ + ", " + line() + ": " + why + "; the line is ignored" : "");
}

void LookupFile::note_bad_value(const std::string& what) {
    const bool is_shown = bad_values_.first.size() < k_most_lookup_problems;
    bad_values_.add(is_shown ? path_ + ", " + line() + ": " + what : "");
}

void LookupFile::Problems::add(std::string text) {
    ++count;
    if (!text.empty()) first.push_back(std::move(text));
}

std::vector<std::string> LookupFile::Problems::texts(const std::string& path,
                                                     std::string_view more) const {
    std::vector<std::string> all = first;
    if (count > first.size()) {
        all.push_back(path + ": " + std::to_string(count - first.size()) + std::string(more));
    }
    return all;
}

std::vector<std::string> LookupFile::other_column_problems() const {
    std::string known;
    for (const LookupColumn& column : columns_) {
        known += (known.empty() ? "" : ", ") + std::string(column.name);
    }
    std::vector<std::string> problems;
    problems.reserve(other_columns_.size());
    for (const std::string& name : other_columns_) {
        problems.push_back(path_ + ": the column " + text::quoted(name) +
                           " is ignored; the columns are " + known);
    }
    return problems;
}

// Rows only advance, so each byte is looked at once.
std::size_t LookupFile::line_number() {
    const auto end = static_cast<std::size_t>(rows_.offset());
    const std::string_view passed =
        std::string_view(text_).substr(counted_bytes_, end - counted_bytes_);
    counted_lines_ += static_cast<std::size_t>(std::ranges::count(passed, '\n'));
    counted_bytes_ = end;
    return counted_lines_ + 1;
}

std::string LookupFile::line() { return "line " + std::to_string(line_number()); }

}  // namespace cloudhijack::config
