#include "scp/chunk_writer.hpp"

#include <atomic>
#include <string>

#include "csv/row_writer.hpp"

namespace cloudhijack::scp {
namespace {

std::atomic<bool> frame_is_open = false;

static_assert(std::atomic<bool>::is_always_lock_free);

}  // namespace

Result<> write_chunk(io::ByteSink& sink, std::string_view metadata, std::string_view body) {
    std::string head =
        "chunked 1.0," + std::to_string(metadata.size()) + ',' + std::to_string(body.size()) + '\n';
    head += metadata;
    frame_is_open = true;
    auto written = sink(head);
    if (written && !body.empty()) written = sink(body);
    if (written) frame_is_open = false;
    return written;
}

bool has_open_frame() noexcept { return frame_is_open; }

Result<> write_legacy_protocol_error(io::ByteSink& sink, std::string_view text) {
    std::string table = "ERROR\n";
    csv::append_cell(table, text);
    table += '\n';
    return sink(table);
}

}  // namespace cloudhijack::scp
