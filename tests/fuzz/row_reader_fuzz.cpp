// Any bytes as a CSV body: the rows do not depend on how it is cut, and rows that are written again
// read the same.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "byte_pieces.hpp"
#include "csv/row_reader.hpp"
#include "csv/row_writer.hpp"
#include "must.hpp"

namespace {

using namespace cloudhijack;

constexpr std::size_t k_wanted_cells = 8;

struct Table {
    std::vector<std::vector<std::string>> rows;
    bool unclosed = false;
    bool failed = false;

    bool operator==(const Table&) const = default;
};

Table read(const std::string& bytes, std::size_t piece) {
    io::Window window(in_pieces(bytes, piece), std::size_t{1024} * 1024);
    window.set_limit(bytes.size());
    csv::RowReader reader(window);
    Table table;
    while (true) {
        const auto next = reader.next(k_wanted_cells);
        if (!next) {
            table.failed = true;
            return table;
        }
        if (*next == csv::RowReader::Next::end) return table;
        if (*next == csv::RowReader::Next::unclosed) {
            table.unclosed = true;
            continue;
        }
        std::vector<std::string> row;
        for (std::size_t i = 0; i < reader.cell_count(); ++i) row.emplace_back(reader.cell(i));
        table.rows.push_back(std::move(row));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    Table whole = read(bytes, size + 1);
    for (const std::size_t piece : {1U, 3U, 50U}) {
        must(read(bytes, piece) == whole, "pieces change what is read");
    }
    // A lone empty cell would be written as a blank line, which is not a row.
    std::erase(whole.rows, std::vector<std::string>{""});
    std::string written;
    for (const auto& row : whole.rows) csv::append_row(written, row);
    must(read(written, written.size() + 1).rows == whole.rows, "written rows read differently");
    return 0;
}
