#include "io/unpack.hpp"

#include <doctest/doctest.h>

#include <string>

#include "byte_pieces.hpp"
#include "io/gzip_member.hpp"
#include "io/unpacked_both_ways.hpp"
#include "io/zstd_frame.hpp"

using namespace cloudhijack;
using namespace cloudhijack::io;

TEST_CASE("unpack: data that is not compressed is unchanged") {
    for (const std::string text :
         {"", "{", "\x1f", "\x1f{}", "\x28", "\x28\xB5\x2F", "\x28\xB5\x2F{}", "\x50\x2A\x4D",
          "\x60\x2A\x4D\x18", "{\"a\":1}"}) {
        CHECK(unpack(text).text == text);
        CHECK(unpack(text, 1, 1).text == text);
        CHECK(unpack(text).error.empty());
    }
    CHECK(unpack(numbers(50'000)).text == numbers(50'000));
}

TEST_CASE("unpack: the bytes read before an error of the source come first") {
    for (std::string packed : {gzip(numbers(100'000)), zstd(numbers(100'000))}) {
        packed.resize(packed.size() / 2);
        const auto breaking = [&packed] {
            return [source = in_pieces(packed, 1'000),
                    left = packed.size()](std::span<char> buffer) mutable -> Result<std::size_t> {
                if (left == 0) return failure("no disk");
                const auto count = source(buffer);
                left -= *count;
                return count;
            };
        };
        const Unpacked made = unpack(breaking);
        CHECK(made.text.size() > 100'000);
        CHECK(made.error == "no disk");
    }
}

TEST_CASE("unpack: an error of the source is passed on") {
    const auto failing_source = [] {
        return [](std::span<char>) -> Result<std::size_t> { return failure("no disk"); };
    };
    CHECK(unpack(failing_source).error == "no disk");
}

TEST_CASE("unpack: observers see the packed bytes and the text as they are used") {
    // The packed file fits into the memory for a whole file, but its text does not, so it is
    // unpacked piece by piece.
    const std::string blanks(64 << 20, ' ');
    for (const std::string& packed : {gzip(numbers(1'000)), gzip(blanks), gzip(gzip(blanks)),
                                      zstd(numbers(1'000)), zstd(blanks), gzip(zstd(blanks))}) {
        io::Unpacker unpacker;
        std::size_t used = 0;
        std::size_t made = 0;
        io::Window window = unpacker.window_over(
            in_pieces(packed, packed.size()), 1,
            [&](std::size_t count) -> Result<> {
                used += count;
                return {};
            },
            [&](std::size_t count) -> Result<> {
                made += count;
                return {};
            });
        std::size_t seen = 0;
        do {
            seen += window.unread().size();
            window.consume(window.unread().size());
            // Packed bytes that were read but not unpacked yet do not count.
            if (packed.size() > 100'000 && seen > 0 && seen < blanks.size() / 2) {
                CHECK(used < packed.size() * 3 / 4);
            }
        } while (window.more() == io::Window::Fill::more);
        CHECK(used == packed.size());
        CHECK(made == seen);
    }
}

TEST_CASE("unpack: an observer's error ends the text") {
    const std::string packed = gzip(std::string(64 << 20, ' '));
    io::Unpacker unpacker;
    std::size_t made = 0;
    io::Window window = unpacker.window_over(in_pieces(packed, packed.size()), 1, {},
                                             [&](std::size_t count) -> Result<> {
                                                 made += count;
                                                 if (made > 1'000'000) return failure("enough");
                                                 return {};
                                             });
    while (true) {
        window.consume(window.unread().size());
        const auto fill = window.more();
        if (fill) continue;
        CHECK(fill.error().text == "enough");
        break;
    }
    CHECK(made < 3'000'000);
}

TEST_CASE("unpack: layers of gzip and zstd, up to four") {
    const std::string text = numbers(30);
    for (unsigned kinds = 0; kinds < 1U << (io::k_most_layers + 1); ++kinds) {
        std::string packed = text;
        for (unsigned layer = 0; layer < io::k_most_layers; ++layer) {
            packed = (kinds >> layer & 1U) != 0 ? gzip(packed) : zstd(packed);
            CHECK(unpack(packed).text == text);
            CHECK(unpack(packed, 1, 1).text == text);
            CHECK(unpack(packed).error.empty());
        }
        packed = (kinds >> io::k_most_layers & 1U) != 0 ? gzip(packed) : zstd(packed);
        CHECK(unpack(packed).text.empty());
        CHECK(unpack(packed).error == "is compressed more than 4 times; unpack it first");
    }
    CHECK(unpack(zstd(gzip(""))).text.empty());
    CHECK(unpack(gzip(zstd(""))).error.empty());
    CHECK(unpack(gzip(zstd(numbers(3'000'000))), 100'000, 70'000).text == numbers(3'000'000));
}

TEST_CASE("unpack: damage in an inner layer of another kind is reported like any other") {
    const std::string text = numbers(100'000);
    const std::string frame = zstd(text);
    CHECK(unpack(gzip(frame.substr(0, frame.size() - 1))).text == text);
    CHECK(unpack(gzip(frame.substr(0, frame.size() - 1))).error == "its zstd data is cut off");
    const std::string member = gzip(text);
    CHECK(unpack(zstd(member.substr(0, member.size() - 1))).text == text);
    CHECK(unpack(zstd(member.substr(0, member.size() - 1))).error == "its gzip data is cut off");
    // The two do not follow each other in one layer.
    CHECK(unpack(gzip("a") + zstd("b")).text == "a");
    CHECK(unpack(gzip("a") + zstd("b")).error == "has other data after its gzip data");
    CHECK(unpack(zstd("a") + gzip("b")).text == "a");
    CHECK(unpack(zstd("a") + gzip("b")).error == "has other data after its zstd data");
}
