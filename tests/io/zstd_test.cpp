#include "io/zstd.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

#include "byte_pieces.hpp"
#include "io/unpacked_both_ways.hpp"
#include "io/zstd_frame.hpp"

using namespace cloudhijack;
using namespace cloudhijack::io;
using namespace std::string_view_literals;

TEST_CASE("zstd: one frame or several, independently of where the input is cut") {
    const std::string packed = zstd("hello ") + zstd("") + zstd(numbers(30), false) + zstd("end");
    const std::string text = "hello " + numbers(30) + "end";
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
        const Unpacked made = unpack([&] { return cut_at(packed, cut); });
        CHECK(made.text == text);
        CHECK(made.error.empty());
    }
    for (const std::size_t into : {std::size_t{1}, std::size_t{7}, std::size_t{1'000'000}}) {
        CHECK(unpack(packed, 1, into).text == text);
        CHECK(unpack(packed, 1'000, into).text == text);
    }
    for (const bool states_size : {true, false}) {
        for (const std::size_t into : {std::size_t{1'000}, std::size_t{10'000'000}}) {
            const std::string large = zstd(numbers(400'000), states_size);
            CHECK(unpack(large + large, 100'000, into).text == numbers(400'000) + numbers(400'000));
        }
    }
    CHECK(unpack(zstd("")).text.empty());
    CHECK(unpack(zstd("")).error.empty());
}

TEST_CASE("zstd: skippable frames") {
    const std::string frame = zstd(numbers(30));
    for (unsigned kind = 0; kind < 16; ++kind) {
        const std::string skipped = skippable("1234", kind);
        for (const std::string& packed :
             {skipped + frame, frame + skipped, skipped + skipped + frame + skipped,
              skippable("", kind) + frame, skippable(std::string(200'000, 'x'), kind) + frame}) {
            CHECK(unpack(packed).text == numbers(30));
            CHECK(unpack(packed, 1, 1).error.empty());
        }
    }
    CHECK(unpack(skippable("1234")).text.empty());
    CHECK(unpack(skippable("1234")).error.empty());
    CHECK(unpack(skippable("1234").substr(0, 10)).error == "its zstd data is cut off");
    // LZ4 has the same skippable frames.
    CHECK(unpack(skippable("1234") + "\x04\x22\x4D\x18 and more").error ==
          "has skippable frames before data that is not zstd, perhaps LZ4; unpack it first");
}

TEST_CASE("zstd: a truncated frame gives the text before the cut, then the error") {
    const std::string small = zstd(numbers(30));
    for (std::size_t size = k_zstd_mark; size < small.size(); ++size) {
        for (const std::size_t piece : {std::size_t{1}, std::size_t{1'000}}) {
            const Unpacked made = unpack(small.substr(0, size), piece);
            CHECK(numbers(30).starts_with(made.text));
            CHECK(made.error == "its zstd data is cut off");
            const Unpacked second = unpack(small + small.substr(0, size), piece);
            CHECK(second.text == numbers(30) + made.text);
            CHECK(second.error == "its zstd data is cut off");
        }
    }
    const std::string text = numbers(100'000);
    const std::string packed = zstd(text);
    CHECK(unpack(packed.substr(0, packed.size() - 1)).text == text);
    CHECK(unpack(packed.substr(0, packed.size() - 1)).error == "its zstd data is cut off");
    // A block has up to 128 KiB of text.
    for (const std::size_t into : {std::size_t{1'000}, std::size_t{1'000'000}}) {
        const Unpacked part = unpack(packed.substr(0, packed.size() / 4 * 3), 1'000'000, into);
        CHECK(part.text.size() >= 128 * 1024);
        CHECK(text.starts_with(part.text));
        CHECK(part.error == "its zstd data is cut off");
    }
}

TEST_CASE("zstd: damage is reported after the text before it") {
    const std::string text = numbers(100'000);
    std::string packed = zstd(text);
    packed[packed.size() - 1] ^= 1;  // of the checksum
    CHECK(unpack(packed).text == text);
    CHECK(unpack(packed).error == "its zstd data is damaged");
    CHECK(unpack("\x28\xB5\x2F\xFDx and more").error == "its zstd data is damaged");

    // The third block is of a kind that does not exist. The blocks before it are read, however
    // large the buffer is.
    const std::string block = little_endian(6U << 3U, 3);
    const std::string blocks = raw_frame("\0\x88"sv, "").substr(0, 6) + block + "hello " + block +
                               "world " + little_endian(7, 3) + block;
    for (const std::size_t from : {std::size_t{1}, std::size_t{1'000}}) {
        for (const std::size_t into : {std::size_t{1}, std::size_t{5}, std::size_t{1'000'000}}) {
            CAPTURE(from);
            CAPTURE(into);
            const Unpacked made = unpack(blocks, from, into);
            CHECK(made.text == "hello world ");
            CHECK(made.error == "its zstd data is damaged");
        }
    }
}

TEST_CASE("zstd: random damage is an error, or changes bytes that mean nothing") {
    const std::string text = numbers(20'000);
    const std::string good = zstd(text);
    std::mt19937 random(1);
    for (int i = 0; i < 500; ++i) {
        std::string packed = good;
        packed[random() % packed.size()] ^= static_cast<char>(1U << random() % 8);
        const Unpacked made = unpack(packed, 1'000, 1'000'000);
        CHECK((!made.error.empty() || made.text == text));
    }
}

TEST_CASE("zstd: other data after a frame, and zeros as padding") {
    const std::string packed = zstd("a");
    for (const std::string_view tail : {"x"sv, "tail"sv, "\x28"sv, "\0\0x"sv}) {
        CHECK(unpack(packed + std::string(tail)).text == "a");
        CHECK(unpack(packed + std::string(tail)).error == "has other data after its zstd data");
    }
    // The frame of a version of zstd from before its format was final.
    CHECK(unpack(packed + "\x27\xB5\x2F\xFD and more").error ==
          "has other data after its zstd data");
    for (const unsigned count : {1U, 4U, 512U, 100'000U}) {
        CHECK(unpack(packed + std::string(count, '\0')).text == "a");
        CHECK(unpack(packed + std::string(count, '\0'), 1, 1).error.empty());
    }
}

TEST_CASE("zstd: a window of up to 128 MiB") {
    // The header's bytes: the flags, and the window (RFC 8878, section 3.1.1.1.2).
    CHECK(unpack(raw_frame("\0\x88"sv, "hello")).text == "hello");
    CHECK(unpack(raw_frame("\0\x88"sv, "hello")).error.empty());
    for (const std::string_view header : {"\0\x89"sv, "\0\xA8"sv, "\0\xFF"sv}) {
        const Unpacked made = unpack(zstd("a") + raw_frame(header, "hello"));
        CHECK(made.text == "a");
        CHECK(made.error ==
              "its zstd data needs a window of more than 128 MiB; unpack it with "
              "`zstd -d --long=31` first");
    }
    const std::string text = numbers(3'000'000);
    CHECK(unpack(zstd(text, false, k_zstd_window_log), 100'000, 100'000).text == text);
    CHECK(unpack(zstd("a", false, k_zstd_window_log)).text == "a");
}

TEST_CASE("zstd: a frame that needs a dictionary") {
    CHECK(unpack(raw_frame("\1\x58\7", "hello")).error ==
          "its zstd data needs a dictionary; unpack it with `zstd -d -D DICTIONARY` first");
    CHECK(unpack(raw_frame("\1\x58\0"sv, "hello")).text == "hello");
}
