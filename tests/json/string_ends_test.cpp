#include "json/string_ends.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "io/window.hpp"

using namespace cloudhijack;
using namespace cloudhijack::simd;
using json::Quotes;
using json::StringEnds;

namespace {

using Positions = std::vector<std::size_t>;

// The ends of the strings of a text; nullopt if it is refused. The bytes after it are quotes, which
// must not matter.
std::optional<Positions> ends_of(std::string_view text, Quotes quotes, Cpu cpu) {
    const std::string padded = std::string(text) + std::string(io::k_padding, '"');
    StringEnds ends(cpu);
    if (!ends.look_at(std::string_view(padded).substr(0, text.size()), quotes)) return {};
    const auto masks = ends.masks();
    REQUIRE(masks.size() == (text.size() + 63) / 64 + 1);
    CHECK(masks.back() == ~std::uint64_t{0});
    Positions positions;
    for (std::size_t at = 0; at < (masks.size() - 1) * 64; ++at) {
        if ((masks[at / 64] >> (at % 64) & 1U) != 0) positions.push_back(at);
    }
    return positions;
}

}  // namespace

TEST_CASE("string ends: closing quotes at the edges of a block") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        for (const std::size_t size : {2U, 62U, 63U, 64U, 65U, 127U, 128U, 129U, 300U}) {
            CAPTURE(size);
            const std::string inside(size - 2, 'x');
            CHECK(ends_of('"' + inside + '"', Quotes::single, cpu) == Positions{size - 1});
            CHECK(ends_of("\"\"" + inside + "\"\"", Quotes::doubled, cpu) == Positions{size});
            CHECK(ends_of("\"\"" + std::string(size - 2, ','), Quotes::single, cpu) ==
                  Positions{1});
        }
        CHECK(ends_of(R"({"a":"","b":1})", Quotes::single, cpu) == Positions{3, 6, 10});
        CHECK(ends_of(R"({""a"":"""",""b"":1})", Quotes::doubled, cpu) == Positions{4, 9, 15});
        CHECK(ends_of("", Quotes::single, cpu) == Positions{});
    }
}

TEST_CASE("string ends: a doubled quote across two blocks") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        const std::string opens = "\"\"" + std::string(61, 'x');  // 63 bytes
        CHECK(ends_of(opens + "\"\"", Quotes::doubled, cpu) == Positions{63});
        CHECK(ends_of(opens + "\"\"" + std::string(70, ' '), Quotes::doubled, cpu) ==
              Positions{63});
        CHECK(ends_of(opens + "\"x\"", Quotes::doubled, cpu) == std::nullopt);
        CHECK(ends_of(opens + "\"", Quotes::doubled, cpu) == std::nullopt);
        CHECK(ends_of(opens + "x\"", Quotes::doubled, cpu) == std::nullopt);
        CHECK(ends_of(opens + "x\"\"", Quotes::doubled, cpu) == Positions{64});
    }
}

TEST_CASE("string ends: a byte that is not plain text is refused at any position") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        for (const char wrong : {'\\', '\n', '\0', '\x1F', '\x80', '\xFF'}) {
            for (const std::size_t at : {1U, 62U, 63U, 64U, 127U, 128U, 140U}) {
                std::string text = '"' + std::string(150, 'x') + '"';
                REQUIRE(ends_of(text, Quotes::single, cpu) == Positions{151});
                text[at] = wrong;
                CAPTURE(at);
                CHECK(ends_of(text, Quotes::single, cpu) == std::nullopt);
            }
        }
        CHECK(ends_of("\"a", Quotes::single, cpu) == std::nullopt);
        CHECK(ends_of("\"a\",\"" + std::string(100, 'b'), Quotes::single, cpu) == std::nullopt);
        CHECK(ends_of("\"a\x7F\"", Quotes::single, cpu) == Positions{3});
    }
}

TEST_CASE("string ends: the longest text") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        std::string text = '"' + std::string(StringEnds::k_longest - 2, 'x') + '"';
        CHECK(ends_of(text, Quotes::single, cpu) == Positions{text.size() - 1});
        CHECK(ends_of(text + ' ', Quotes::single, cpu) == std::nullopt);
    }
}

TEST_CASE("string ends: the fast code finds the same as the plain code, for many texts") {
    int read = 0;
    int refused = 0;
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        std::mt19937 random(seed);
        const Quotes quotes = seed % 2 == 0 ? Quotes::single : Quotes::doubled;
        std::string text;
        for (auto tokens = random() % 40; tokens > 0; --tokens) {
            text += quotes == Quotes::single ? "\"" : "\"\"";
            text.append(random() % 12, 'x');
        }
        if (seed % 5 == 0) {
            const char wrong = "\"\\\n\xC3"[random() % 4];
            text.insert(random() % (text.size() + 1), 1, wrong);
        }
        CAPTURE(text);
        const auto plain = ends_of(text, quotes, Cpu::plain);
        REQUIRE(ends_of(text, quotes, best_cpu()) == plain);
        ++(plain ? read : refused);
    }
    CHECK(read > 5'000);
    CHECK(refused > 5'000);
}
