// Any bytes as a file: unpacked the same however they are cut, and packed text comes back.

#include <cstddef>
#include <cstdint>
#include <string>

#include "byte_pieces.hpp"
#include "must.hpp"
#include "scan/gzip.hpp"
#include "scan/unpack.hpp"

namespace {

using namespace cloudhijack;

constexpr std::size_t k_enough = std::size_t{1024} * 1024;  // a small input can unpack to gigabytes

std::string unpack(const std::string& bytes, std::size_t piece) {
    auto source = scan::unpacked(in_pieces(bytes, piece));
    std::string text;
    std::string buffer(1'000, '\0');
    while (text.size() < k_enough) {
        const auto count = source(buffer);
        if (!count) return text + "error: " + count.error().text;
        if (*count == 0) return text;
        text += buffer.substr(0, *count);
    }
    return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const std::string whole = unpack(bytes, size + 1);
    for (const std::size_t piece : {1U, 7U}) {
        must(unpack(bytes, piece).substr(0, k_enough) == whole.substr(0, k_enough),
             "pieces change what is unpacked");
    }
    must(unpack(gzip(bytes) + gzip(bytes), 100) == bytes + bytes, "packed text does not come back");
    return 0;
}
