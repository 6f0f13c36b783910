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

/// A column of a lookup file that the program reads; the others are passed over.
struct LookupColumn {
    std::string_view name;
    bool is_required = false;
};

/// The rows of a lookup file as Splunk and people write it: CSV with a header, columns in any
/// order, with a byte order mark or without, lines that end in `\n` or `\r\n`.
class LookupFile {
  public:
    /// `columns` must outlive it.
    LookupFile(std::string path, std::span<const LookupColumn> columns);
    LookupFile(const LookupFile&) = delete;  // its reader views its text
    LookupFile& operator=(const LookupFile&) = delete;
    LookupFile(LookupFile&&) = delete;
    LookupFile& operator=(LookupFile&&) = delete;
    ~LookupFile() = default;

    /// Reads the file and its header, whose names count in any case, before anything else. The
    /// error begins with the path: it cannot be read, is too large, or lacks a required column. A
    /// blank one has no rows.
    Result<> open();

    /// Goes to the next row; false behind the last. The error begins with the path.
    Result<bool> next();

    /// The value in a column, by its place in `columns`, with U+FFFD for what is not UTF-8; empty
    /// where there is none.
    [[nodiscard]] const std::string& cell(std::size_t column) const { return cells_[column]; }

    /// Columns of the file, other than Splunk's own, that are none of `columns`.
    [[nodiscard]] const std::vector<std::string>& other_columns() const { return other_columns_; }

    /// Notes that the current row cannot be used, and why.
    void note_bad(const std::string& why);

    /// Notes that something in the current row is wrong, and the rest of it counts.
    void note_bad_value(const std::string& what);

    /// One for each bad row, up to a few, and how many more there are.
    [[nodiscard]] std::vector<std::string> problems() const {
        return bad_rows_.texts(path_, " more lines do not count");
    }
    /// The same for values of other rows.
    [[nodiscard]] std::vector<std::string> value_problems() const {
        return bad_values_.texts(path_, " more values do not count");
    }

  private:
    static constexpr std::size_t k_absent = static_cast<std::size_t>(-1);

    /// The first problems of a kind, and how many there are.
    struct Problems {
        std::vector<std::string> first;
        std::uint64_t count = 0;

        void add(std::string text);
        [[nodiscard]] std::vector<std::string> texts(const std::string& path,
                                                     std::string_view more) const;
    };

    Result<> read_header();
    [[nodiscard]] std::string line() const;

    std::string path_;
    std::string text_;
    std::size_t given_ = 0;  ///< bytes of the text that the window has got
    std::span<const LookupColumn> columns_;
    io::Window window_;
    csv::RowReader rows_;
    std::vector<std::string> other_columns_;
    std::vector<std::size_t> places_;  ///< of each column in the file
    std::size_t wanted_cells_ = 0;     ///< of a row, from its first
    std::vector<std::string> cells_;
    std::uint64_t row_count_ = 0;
    Problems bad_rows_;
    Problems bad_values_;
};

}  // namespace cloudhijack::config
