#include "io/gzip.hpp"

#include <doctest/doctest.h>

#include <string>

#include "byte_pieces.hpp"
#include "io/gzip_member.hpp"
#include "io/unpacked_both_ways.hpp"

using namespace cloudhijack;
using namespace cloudhijack::io;

TEST_CASE("unpack: one gzip member or several, independently of where the input is cut") {
    const std::string packed = gzip("hello ") + gzip("") + gzip(numbers(30)) + gzip("end");
    const std::string text = "hello " + numbers(30) + "end";
    CHECK(unpack(packed).text == text);
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
        const Unpacked made = unpack([&] { return cut_at(packed, cut); });
        CHECK(made.text == text);
        CHECK(made.error.empty());
    }
    CHECK(unpack(packed, 1, 1).text == text);
    CHECK(unpack(gzip(numbers(100'000))).text == numbers(100'000));
}

TEST_CASE("unpack: small and large members, at once or piece by piece") {
    // The last member's length is not that of the first, and may be that of neither.
    for (const int first : {0, 1, 30, 100'000, 3'000'000}) {
        for (const int last : {0, 30, 100'000}) {
            const std::string packed = gzip(numbers(first)) + gzip(numbers(last));
            CHECK(unpack(packed, 100'000, 70'000).text == numbers(first) + numbers(last));
            CHECK(unpack(packed + "tail", 100'000, 70'000).error ==
                  "has other data after its gzip data");
        }
    }
}

TEST_CASE("unpack: a truncated file gives the text before the cut, then the error") {
    const std::string text = numbers(50'000);
    const std::string packed = gzip(text);
    const Unpacked half = unpack(packed.substr(0, packed.size() / 2));
    CHECK(half.text.size() > text.size() / 4);
    CHECK(text.starts_with(half.text));
    CHECK(half.error == "its gzip data is cut off");
    for (std::size_t size = 2; size < 40; ++size) {
        CHECK(unpack(packed.substr(0, size)).error == "its gzip data is cut off");
    }
    CHECK(unpack(packed.substr(0, packed.size() - 1)).text == text);
    CHECK(unpack(packed.substr(0, packed.size() - 1)).error == "its gzip data is cut off");
}

TEST_CASE("unpack: damage is reported after the text before it") {
    const std::string text = numbers(50'000);
    std::string packed = gzip(text);
    packed[packed.size() - 6] ^= 1;  // of the checksum
    CHECK(unpack(packed).text == text);
    CHECK(unpack(packed).error == "its gzip data is damaged");
    CHECK(unpack("\x1f\x8bgarbage and more").error == "its gzip data is damaged");
    CHECK(unpack(gzip("a") + "tail").text == "a");
    CHECK(unpack(gzip("a") + "tail").error == "has other data after its gzip data");
}

TEST_CASE("unpack: a file that is unpacked at once is read in place") {
    io::Unpacker unpacker;
    for (const std::string& text : {numbers(1), numbers(100'000), numbers(400'000), numbers(30)}) {
        const std::string packed = gzip(text);
        io::Window window = unpacker.window_over(in_pieces(packed, packed.size()), 1);
        CHECK(std::string_view(window.unread().data(), window.unread().size()) == text);
        CHECK(window.more() == io::Window::Fill::end);
    }
}

TEST_CASE("unpack: the header checksum of any member is verified") {
    std::string with_bad_checksum = gzip("b");
    with_bad_checksum[3] = '\2';           // the flag for a header checksum
    with_bad_checksum.insert(10, "\1\1");  // a wrong checksum
    for (const std::string& packed :
         {with_bad_checksum, gzip("a") + with_bad_checksum, gzip("") + with_bad_checksum}) {
        CHECK_FALSE(unpack(packed).error.empty());
    }
}

TEST_CASE("unpack: the length that a member states is not trusted") {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{0xFFFFFFFF}}) {
        for (const int count : {1, 100'000}) {
            std::string packed = gzip(numbers(count));
            for (std::size_t i = 0; i < 4; ++i) {
                packed[packed.size() - 4 + i] = static_cast<char>(length >> (8 * i));
            }
            CHECK(unpack(packed).text == numbers(count));
            CHECK(unpack(packed).error == "its gzip data is damaged");
        }
    }
}

TEST_CASE("unpack: gzip inside gzip, up to four layers") {
    const std::string text = numbers(30);
    std::string packed = text;
    for (unsigned layers = 1; layers <= io::k_most_layers; ++layers) {
        packed = gzip(packed);
        CHECK(unpack(packed).text == text);
        CHECK(unpack(packed, 1, 1).text == text);
        CHECK(unpack(packed).error.empty());
    }
    CHECK(unpack(gzip(packed)).text.empty());
    CHECK(unpack(gzip(packed)).error == "is compressed more than 4 times; unpack it first");
    CHECK(unpack(gzip(gzip(numbers(3'000'000))), 100'000, 70'000).text == numbers(3'000'000));
    CHECK(unpack(gzip(gzip(""))).text.empty());
    CHECK(unpack(gzip(gzip(""))).error.empty());
}

TEST_CASE("unpack: nested members form one text") {
    const std::string inner = gzip("a ") + gzip(numbers(30));
    CHECK(unpack(gzip(inner)).text == "a " + numbers(30));
    CHECK(unpack(gzip(inner) + gzip(gzip("b"))).text == "a " + numbers(30) + "b");
    const std::string packed = gzip(inner.substr(0, 10)) + gzip(inner.substr(10));
    for (std::size_t cut = 0; cut <= packed.size(); ++cut) {
        CHECK(unpack([&] { return cut_at(packed, cut); }).text == "a " + numbers(30));
    }
}

TEST_CASE("unpack: damage in an inner layer is reported like damage in the outer one") {
    std::string inner = gzip(numbers(50'000));
    CHECK(unpack(gzip(inner.substr(0, inner.size() - 1))).text == numbers(50'000));
    CHECK(unpack(gzip(inner.substr(0, inner.size() - 1))).error == "its gzip data is cut off");
    CHECK(unpack(gzip(inner + "tail")).error == "has other data after its gzip data");
    inner[inner.size() - 6] ^= 1;
    CHECK(unpack(gzip(inner)).error == "its gzip data is damaged");
    const std::string packed = gzip(gzip(numbers(50'000)));
    const Unpacked half = unpack(packed.substr(0, packed.size() / 2));
    CHECK(half.text.size() > 10'000);
    CHECK(half.error == "its gzip data is cut off");
}

TEST_CASE("unpack: zeros up to the end are padding") {
    const std::string packed = gzip("hello ") + gzip(numbers(30));
    for (const unsigned count : {1U, 2U, 7U, 512U, 100'000U, 3'000'000U}) {
        const std::string padded = packed + std::string(count, '\0');
        const Unpacked made = unpack(padded, 70'000);
        CHECK(made.text == "hello " + numbers(30));
        CHECK(made.error.empty());
        for (const std::string& tail : {std::string("x"), gzip("more")}) {
            CHECK(unpack(padded + tail, 70'000).text == made.text);
            CHECK(unpack(padded + tail, 70'000).error == "has other data after its gzip data");
        }
    }
    CHECK(unpack(packed + std::string(3, '\0'), 1, 1).error.empty());
    CHECK(unpack(gzip(packed + std::string(3, '\0')) + std::string(5, '\0')).text ==
          "hello " + numbers(30));
    CHECK(unpack(std::string(3, '\0')).text == std::string(3, '\0'));
    // Zeros do not replace the end of a member that is cut off.
    CHECK_FALSE(unpack(packed.substr(0, packed.size() - 9) + std::string(3, '\0')).error.empty());
}

TEST_CASE("unpack: one byte of text before an error is not lost") {
    const std::string packed = gzip("a");
    CHECK(unpack(packed.substr(0, packed.size() - 1)).text == "a");
}
