#include "counting/hash.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace cloudhijack;
using counting::RunningHash;
using counting::WideHash;

TEST_CASE("hash: the running hash is XXH3 with 128 bits, in pieces of any size") {
    // `printf %s ... | xxhsum -H2` prints these, high half first.
    RunningHash hash;
    CHECK(hash.value() == WideHash{.low = 0x6001c324468d497f, .high = 0x99aa06d3014798d8});
    hash.add("abc");
    CHECK(hash.value() == WideHash{.low = 0x78af5f94892f3950, .high = 0x06b05ab6733a6185});

    std::mt19937 random(1);
    std::string text(100'000, '\0');
    for (char& c : text) c = static_cast<char>(random());
    RunningHash whole;
    whole.add(text);
    RunningHash pieces;
    for (std::string_view rest = text; !rest.empty();) {
        const auto piece = rest.substr(0, random() % 3'000);
        pieces.add(piece);
        rest.remove_prefix(piece.size());
    }
    CHECK(pieces.value() == whole.value());
    pieces.add("x");
    CHECK(pieces.value() != whole.value());
    pieces.reset();
    CHECK(pieces.value() == RunningHash().value());
}
