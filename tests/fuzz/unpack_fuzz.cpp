// Any bytes as a file: the result does not depend on how they are cut or on whether they are
// unpacked at once, and packing and unpacking restores a text.

#include <cstddef>
#include <cstdint>
#include <string>

#include "byte_pieces.hpp"
#include "io/gzip_member.hpp"
#include "io/unpacked.hpp"
#include "io/zstd_frame.hpp"
#include "must.hpp"

namespace {

using namespace cloudhijack;
using namespace cloudhijack::io;

constexpr std::size_t k_enough = std::size_t{1024} * 1024;  // a small input can unpack to gigabytes

Unpacked unpack(const std::string& bytes, std::size_t piece) {
    return unpack_by_pieces(in_pieces(bytes, piece), 1'000, k_enough);
}

Unpacked unpack_at_once(const std::string& bytes, std::size_t piece) {
    static io::Unpacker unpacker;
    return unpack_in(unpacker, in_pieces(bytes, piece), k_enough);
}

// The amount of text before damage depends on how much input zlib gets at once.
bool are_same(const Unpacked& one, const Unpacked& other) {
    if (one.error != other.error) return false;
    if (one.error.empty()) return one.text == other.text;
    return one.text.starts_with(other.text) || other.text.starts_with(one.text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const Unpacked whole = unpack(bytes, size + 1);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, size + 1}) {
        must(are_same(unpack(bytes, piece), whole), "pieces change what is unpacked");
        must(are_same(unpack_at_once(bytes, piece), whole), "at once is not piece by piece");
    }
    const std::string text = ' ' + bytes;  // so that it does not begin as compressed data itself
    const std::string twice = gzip(text) + gzip(text);
    const std::string frames = zstd(text) + skippable(bytes) + zstd(text, /*states_size=*/false);
    for (const std::string& packed : {twice, gzip(twice), twice + std::string(3, '\0'), frames,
                                      gzip(frames), frames + std::string(3, '\0'), zstd(twice)}) {
        must(unpack(packed, 100).text == text + text, "packed text does not come back");
        must(unpack_at_once(packed, 100).text == text + text,
             "packed text does not come back at once");
    }
    return 0;
}
