#include "scp/chunk_writer.hpp"

#include <atomic>
#include <string>

#include "csv/row_writer.hpp"

namespace cloudhijack::scp {
namespace {

std::atomic<bool> frame_is_open = false;

static_assert(std::atomic<bool>::is_always_lock_free);

// A frame up to its body.
std::string head_of(std::string_view metadata, std::size_t body_size) {
    std::string head =
        "chunked 1.0," + std::to_string(metadata.size()) + ',' + std::to_string(body_size) + '\n';
    return head += metadata;
}

}  // namespace

std::string frame_of(std::string_view metadata) { return head_of(metadata, 0); }

Result<> write_chunk(io::ByteSink& sink, std::string_view metadata, std::string_view body) {
    const std::string head = head_of(metadata, body.size());
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
