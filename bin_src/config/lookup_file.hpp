#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "csv/row_reader.hpp"
#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::config {

inline constexpr std::size_t k_largest_lookup = std::size_t{50} * 1024 * 1024;
inline constexpr std::uint64_t k_most_lookup_rows = 1'000'000;

/// The most lines of a file that get an own message, and the end of the message that counts the
/// others.
inline constexpr std::size_t k_most_lookup_problems = 20;
inline constexpr std::string_view k_more_lines = " more lines are ignored";

/// The path of a lookup file in a folder; empty if there is no file to read. Any other problem with
/// it is reported when it is read.
std::string lookup_path(const std::string& folder, std::string_view name);

/// A column of a lookup file that the program reads; it skips all others.
struct LookupColumn {
    std::string_view name;
    bool is_required = false;
};

/// Reads the rows of a lookup file as Splunk and people write it: CSV with a header and columns in
/// any order, with or without a byte order mark, with lines that end in `\n` or `\r\n`.
class LookupFile {
  public:
    /// `columns` must outlive the file.
    LookupFile(std::string path, std::span<const LookupColumn> columns);
    LookupFile(const LookupFile&) = delete;  // window_ captures this
    LookupFile& operator=(const LookupFile&) = delete;
    LookupFile(LookupFile&&) = delete;
    LookupFile& operator=(LookupFile&&) = delete;
    ~LookupFile() = default;

    /// Reads the file and its header, in which case does not matter. Call it before anything else.
    /// The error begins with the path: the file cannot be read, is too large, or does not have a
    /// required column. A blank file has no rows.
    Result<> open();

    /// Advances to the next row; false after the last one. The error begins with the path.
    Result<bool> next();

    /// The value in a column, given by its index in `columns`, with U+FFFD in place of bytes that
    /// are not UTF-8; empty if the row has no such value.
    [[nodiscard]] const std::string& cell(std::size_t column) const { return cells_[column]; }

    /// The line of the current row, from 1.
    [[nodiscard]] std::size_t line_number();

    /// A message for each column of the file that is not in `columns`, apart from Splunk's internal
    /// ones. In a file that people write it may be a typing error.
    [[nodiscard]] std::vector<std::string> other_column_problems() const;

    /// Records that the current row cannot be used, and why.
    void note_bad(const std::string& why);

    /// Records that a value in the current row is wrong; the rest of the row counts.
    void note_bad_value(const std::string& what);

    /// A message for each of the first bad rows, and the number of further ones.
    [[nodiscard]] std::vector<std::string> problems() const {
        return bad_rows_.texts(path_, k_more_lines);
    }
    /// The same for bad values.
    [[nodiscard]] std::vector<std::string> value_problems() const {
        return bad_values_.texts(path_, " more values are ignored");
    }

  private:
    static constexpr std::size_t k_absent = static_cast<std::size_t>(-1);

    /// The first problems of a kind, and the total number of them.
    struct Problems {
        std::vector<std::string> first;
        std::uint64_t count = 0;

        void add(std::string text);
        [[nodiscard]] std::vector<std::string> texts(const std::string& path,
                                                     std::string_view more) const;
    };

    Result<> read_header();
    std::string line();

    std::string path_;
    std::string text_;
    std::size_t given_ = 0;  ///< bytes of the text that the window has received
    std::span<const LookupColumn> columns_;
    io::Window window_;
    csv::RowReader rows_;
    std::vector<std::string> other_columns_;
    std::vector<std::size_t> places_;  ///< the index of each column in the file
    std::size_t wanted_cells_ = 0;     ///< the number of leading cells to keep of a row
    std::vector<std::string> cells_;
    std::uint64_t row_count_ = 0;
    std::size_t counted_bytes_ = 0;  ///< the bytes in which line_number() has counted lines
    std::size_t counted_lines_ = 0;
    Problems bad_rows_;
    Problems bad_values_;
};

}  // namespace cloudhijack::config
