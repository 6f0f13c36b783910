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

struct Unpacked {
    std::string text;
    bool failed = false;
};

Unpacked unpack(const std::string& bytes, std::size_t piece) {
    auto source = scan::unpacked(in_pieces(bytes, piece));
    Unpacked made;
    std::string buffer(1'000, '\0');
    while (made.text.size() < k_enough) {
        const auto count = source(buffer);
        made.failed = !count;
        if (!count || *count == 0) return made;
        made.text += buffer.substr(0, *count);
    }
    made.text.resize(k_enough);
    return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const Unpacked whole = unpack(bytes, size + 1);
    for (const std::size_t piece : {1U, 7U}) {
        const Unpacked cut = unpack(bytes, piece);
        must(cut.failed == whole.failed, "pieces change how unpacking ends");
        // How much comes out in front of damage depends on how much zlib sees at once.
        const bool same = cut.failed
                              ? cut.text.starts_with(whole.text) || whole.text.starts_with(cut.text)
                              : cut.text == whole.text;
        must(same, "pieces change what is unpacked");
    }
    must(unpack(gzip(bytes) + gzip(bytes), 100).text == bytes + bytes,
         "packed text does not come back");
    return 0;
}
