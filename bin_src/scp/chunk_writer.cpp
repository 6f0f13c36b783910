#include "scp/chunk_writer.hpp"

#include <string>

#include "csv/row_writer.hpp"

namespace cloudhijack::scp {

Result<> write_chunk(io::ByteSink& sink, std::string_view metadata, std::string_view body) {
    std::string head =
        "chunked 1.0," + std::to_string(metadata.size()) + ',' + std::to_string(body.size()) + '\n';
    head += metadata;
    if (auto written = sink(head); !written || body.empty()) return written;
    return sink(body);
}

Result<> write_legacy_protocol_error(io::ByteSink& sink, std::string_view text) {
    std::string table = "ERROR\n";
    csv::append_cell(table, text);
    table += '\n';
    return sink(table);
}

}  // namespace cloudhijack::scp
