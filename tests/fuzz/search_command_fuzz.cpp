// Any bytes as a whole session: it ends without an error, and every reply is a frame with JSON
// metadata.

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "byte_pieces.hpp"
#include "config/setup_for_tests.hpp"
#include "must.hpp"
#include "scp/chunk_reader.hpp"
#include "search/search_command.hpp"

namespace {

using namespace cloudhijack;

void check_replies(const std::string& replies) {
    if (replies.starts_with("ERROR\n")) return;  // the form of the legacy protocol
    scp::ChunkReader reader(in_pieces(replies, replies.size() + 1));
    while (true) {
        const auto metadata = reader.next_metadata();
        must(metadata.has_value(), "a reply is no whole frame");
        if (!*metadata) return;
        must(nlohmann::json::accept(**metadata), "a reply's metadata is no JSON: " + **metadata);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string requests(reinterpret_cast<const char*>(data), size);
    std::string replies;
    static const config::Setup setup = config::setup_with();
    const auto ended =
        search::run_search_command(setup, {.requests = in_pieces(requests, 1 + size / 3),
                                           .leftovers = in_pieces("", 1),
                                           .replies = into(replies)});
    must(ended.has_value(), "a session over strings ended with an error");
    check_replies(replies);
    must(simdjson::validate_utf8(replies), "a reply is no UTF-8");
    return 0;
}
