#include "csv/separators.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "changed_texts.hpp"
#include "csv/unquote.hpp"
#include "io/window.hpp"

using namespace cloudhijack;
using namespace cloudhijack::simd;
using csv::Separators;

namespace {

struct Seen {
    std::vector<std::vector<std::uint64_t>> rows;
    std::vector<std::uint64_t> rest;
    bool in_quotes = false;

    bool operator==(const Seen&) const = default;
};

// Feeds a body in pieces, takes each row as soon as it is complete, and returns everything seen.
Seen seen_of(const std::string& body, std::size_t piece, Cpu cpu) {
    Separators separators(cpu);
    Seen seen;
    std::uint64_t offset = 0;
    const std::string padded = body + std::string(io::k_padding, '"');
    for (std::size_t end = std::min(piece, body.size());;
         end = std::min(end + piece, body.size())) {
        separators.look_at(std::span(padded).subspan(offset, end - offset), offset);
        while (!separators.row().empty()) {
            const auto row = separators.row();
            seen.rows.emplace_back(row.begin(), row.end());
            offset = row.back() + 1;
            separators.next();
        }
        if (end == body.size()) break;
    }
    const auto rest = separators.rest();
    seen.rest.assign(rest.begin(), rest.end());
    seen.in_quotes = separators.ends_in_quotes();
    return seen;
}

std::string random_text(std::mt19937& random, std::string_view alphabet, std::size_t most) {
    std::string text(random() % most, ' ');
    for (char& c : text) c = alphabet[random() % alphabet.size()];
    return text;
}

}  // namespace

TEST_CASE("separators: only those outside quotes count") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        CHECK(seen_of("a,b\n\"c,\n\",d\ne", 100, cpu).rows ==
              std::vector<std::vector<std::uint64_t>>{{1, 3}, {9, 11}});
        CHECK(seen_of("a,b\ne,f", 100, cpu).rest == std::vector<std::uint64_t>{5});
        CHECK(seen_of("a,\"b", 100, cpu).in_quotes);
        CHECK_FALSE(seen_of("a,\"b\"\"\"", 100, cpu).in_quotes);
    }
}

TEST_CASE(
    "separators: the fast code finds the same as the plain code, for many bodies and pieces") {
    std::mt19937 random(5);
    for (int i = 0; i < 20'000; ++i) {
        // Half of the bodies are as a CSV writer writes them, the others have quotes anywhere.
        std::string body;
        if (i % 2 == 0) {
            for (std::size_t cells = random() % 30; cells > 0; --cells) {
                const std::string text = random_text(random, "ab,\n\"\"x", 40);
                body += '"' + with_doubled_quotes(text) + '"' + (random() % 4 == 0 ? '\n' : ',');
                if (random() % 9 == 0) body += "plain,";
            }
        } else {
            body = random_text(random, "aaaaaaaaaaaaa,,\n\"", 400);
        }
        const Seen plain = seen_of(body, body.size() + 1, Cpu::plain);
        for (const std::size_t piece : {body.size() + 1, std::size_t{1}, std::size_t{70}}) {
            CAPTURE(body);
            CAPTURE(piece);
            REQUIRE((seen_of(body, piece, best_cpu()) == plain));
            REQUIRE((seen_of(body, piece, Cpu::plain) == plain));
        }
    }
}

TEST_CASE("separators: after the limit of a row only its newline is kept") {
    for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
        const std::string body = std::string(40'000, ',') + "\na,b\n";
        const Seen seen = seen_of(body, 1000, cpu);
        REQUIRE(seen.rows.size() == 2);
        CHECK(seen.rows[0].size() == Separators::k_most_in_row + 1);
        CHECK(seen.rows[0].back() == 40'000);
        CHECK(seen.rows[1].size() == 2);
    }
}

TEST_CASE("unquote: the fast code equals the plain code and changes no byte after the cell") {
    std::mt19937 random(6);
    for (int i = 0; i < 20'000; ++i) {
        const std::string cell =
            '"' + with_doubled_quotes(random_text(random, "abcdefg\"", 300)) + '"';
        const std::string following = ",\"next\"\n" + std::string(io::k_padding, '!');
        std::string plain = cell + following;
        std::string fast = cell + following;
        const std::string expected(csv::unquote_plainly(std::span(plain).first(cell.size())));
        CHECK(csv::unquote(std::span(fast).first(cell.size()), best_cpu()) == expected);
        CHECK(fast.substr(cell.size()) == following);
    }
}

TEST_CASE("halve quotes: neither way writes past the size of the text") {
    std::mt19937 random(7);
    const std::string following(io::k_padding, '!');
    for (int i = 0; i < 20'000; ++i) {
        const std::string text = random_text(random, "abcdefg\"", 300);
        const std::string doubled = with_doubled_quotes(text);
        const std::string padded = doubled + std::string(io::k_padding, '"');
        for (const Cpu cpu : {Cpu::plain, best_cpu()}) {
            std::string to = std::string(doubled.size(), ' ') + following;
            const auto size = csv::halve_quotes(std::string_view(padded).substr(0, doubled.size()),
                                                to.data(), cpu);
            REQUIRE(std::string_view(to).substr(0, size) == text);
            REQUIRE(std::string_view(to).substr(doubled.size()) == following);
        }
    }
}
