// Any bytes as the events of a search, in the mode that the first letter names: every reply is a
// whole table, and two search peers and a search head find what one process finds.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "byte_pieces.hpp"
#include "chunk_frame.hpp"
#include "config/setup_for_tests.hpp"
#include "csv/row_reader.hpp"
#include "csv/row_writer.hpp"
#include "fuzz_records.hpp"
#include "must.hpp"
#include "scp/chunk_reader.hpp"
#include "search/event_rows.hpp"
#include "search/search_command.hpp"

namespace {

using namespace cloudhijack;

using Table = std::vector<std::vector<std::string>>;

// The columns of a search's events, and what is in place of the last one on a search head.
const std::vector<std::string> k_columns = {"_time", "_raw", std::string(search::k_partial_column)};

Table table_of(const std::string& csv) {
    io::Window window(in_pieces(csv, csv.size() + 1), std::size_t{64} * 1024 * 1024);
    window.set_limit(csv.size());
    csv::RowReader reader(window);
    Table table;
    while (true) {
        const auto next = reader.next(csv.size());
        must(next.has_value() && *next != csv::RowReader::Next::unclosed, "a reply is no table");
        if (*next == csv::RowReader::Next::end) return table;
        auto& row = table.emplace_back();
        for (std::size_t i = 0; i < reader.cell_count(); ++i) row.emplace_back(reader.cell(i));
        must(row.size() == table.front().size(), "a row has another number of cells");
    }
}

// The rows of all replies, with one header; nullopt if the search ends with an error.
std::optional<Table> answered(std::vector<std::string> args, const std::vector<Table>& chunks) {
    std::string list;
    for (const std::string& arg : args) list += (list.empty() ? "\"" : ",\"") + arg + '"';
    std::string requests =
        chunk_frame(R"({"action":"getinfo","searchinfo":{"args":[)" + list + "]}}");
    for (const Table& chunk : chunks) {
        std::string body;
        csv::append_row(body, k_columns);
        for (const auto& row : chunk) csv::append_row(body, row);
        const bool is_last = &chunk == &chunks.back();
        requests += chunk_frame(
            R"({"action":"execute","finished":)" + std::string(is_last ? "true" : "false") + '}',
            body);
    }
    static const config::Setup setup = config::setup_with();
    std::string replies;
    const auto ended =
        search::run_search_command(setup, {.requests = in_pieces(requests, 1 + requests.size() / 2),
                                           .leftovers = in_pieces("", 1),
                                           .replies = into(replies)});
    must(ended.has_value(), "a session over strings ended with an error");
    Table rows;
    scp::ChunkReader reader(in_pieces(replies, replies.size() + 1));
    while (true) {
        const auto metadata = reader.next_metadata();
        must(metadata.has_value(), "a reply is no whole frame");
        if (!*metadata) return rows;
        if ((*metadata)->contains("\"ERROR\"")) return std::nullopt;
        std::string body;
        while (true) {
            const auto bytes = reader.body().unread();
            body.append(bytes.data(), bytes.size());
            reader.body().consume(bytes.size());
            const auto fill = reader.body().more();
            if (!fill || *fill != io::Window::Fill::more) break;
        }
        const Table table = table_of(body);
        for (const auto& row : table) {
            if (rows.empty() || &row != &table.front()) rows.push_back(row);
        }
    }
}

// The partial rows of a reply, as events that reach the search head.
Table as_events(const Table& partial) {
    if (partial.empty()) return {};
    std::vector<std::size_t> places;
    for (const std::string& column : k_columns) {
        const auto found = std::ranges::find(partial.front(), column);
        places.push_back(static_cast<std::size_t>(found - partial.front().begin()));
    }
    Table events;
    for (const auto& row : partial) {
        if (&row == &partial.front()) continue;
        auto& event = events.emplace_back();
        for (const std::size_t place : places) {
            event.push_back(place < row.size() ? row[place] : std::string());
        }
    }
    return events;
}

std::vector<std::string> args_of(std::string_view mode) {
    std::vector<std::string> args = {"mode=" + std::string(mode)};
    if (mode == "hunt") args.emplace_back("min_risk=0");
    if (mode == "volume") {
        for (const char* service : {"ses", "sns", "bedrock"}) {
            args.push_back(std::string(service) + "_threshold=0");
        }
    }
    return args;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    constexpr std::array<std::string_view, 3> modes = {"volume", "hunt", "coverage"};
    const std::string_view mode = modes.at(data[0] % modes.size());
    const auto records = lines_of({reinterpret_cast<const char*>(data) + 1, size - 1});
    std::vector<Table> chunks(2);
    for (std::size_t i = 0; i < records.size(); ++i) {
        chunks[i % 2].push_back({std::to_string(1'767'225'600 + i), records[i], ""});
    }

    std::vector<std::string> args = args_of(mode);
    args.emplace_back("distributed=true");
    const auto direct = answered(args, chunks);

    std::vector<Table> events;
    for (const Table& chunk : chunks) {
        const auto partial = answered({"phase=map", "mode=" + std::string(mode)}, {chunk});
        must(partial.has_value(), "a map phase ends with an error");
        events.insert(events.begin(), as_events(*partial));
    }
    must(answered(args, events) == direct, "search peers change what is found");
    return 0;
}
