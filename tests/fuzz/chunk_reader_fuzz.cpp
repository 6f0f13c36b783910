// Any bytes as chunks: the frames and the end do not depend on how the input is cut.

#include <cstddef>
#include <cstdint>
#include <string>

#include "byte_pieces.hpp"
#include "must.hpp"
#include "scp/chunk_reader.hpp"
#include "scp/metadata.hpp"

namespace {

using namespace cloudhijack;

// Everything that the reader reports about the bytes, except the text of an error: that quotes as
// much of a bad header as has arrived.
std::string account_of(io::ByteSource source) {
    scp::ChunkReader reader(std::move(source));
    std::string account;
    while (true) {
        auto metadata = reader.next_metadata();
        if (!metadata) {
            const bool failed = metadata.error().kind == Error::Kind::failed;
            return account + (failed ? "error" : "gone");
        }
        if (!*metadata) return account + "end";
        const auto request = scp::parse_request(**metadata);
        account += "metadata " + **metadata + (request ? request->action : request.error().text);
        io::Window& body = reader.body();
        while (true) {
            account.append(body.unread().data(), body.unread().size());
            body.consume(body.unread().size());
            const auto fill = body.more();
            if (!fill || *fill != io::Window::Fill::more) break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::string whole = account_of(in_pieces(bytes, size + 1));
    for (const std::size_t piece : {1U, 5U, 64U}) {
        must(account_of(in_pieces(bytes, piece)) == whole, "pieces change what is read");
    }
    return 0;
}
