#include "counting/interner.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using cloudhijack::counting::Interner;

TEST_CASE("interner: equal texts have one number, and stay in place") {
    Interner texts;
    std::vector<std::string> kept;
    std::vector<std::string_view> views;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        std::string text = std::to_string(i) + std::string(i % 700, 'x');
        CHECK(texts.keep(text) == i);
        views.push_back(texts.text(i));
        kept.push_back(text);
        text.assign(text.size(), '?');
    }
    const Interner moved = std::move(texts);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        CHECK(moved.text(i) == kept[i]);
        CHECK(moved.text(i).data() == views[i].data());
    }
}

TEST_CASE("interner: an empty text, texts of NUL bytes, and one larger than any block") {
    Interner texts;
    using namespace std::string_view_literals;
    const std::string large(3'000'000, 'l');
    CHECK(texts.keep("") == 0);
    CHECK(texts.keep("\0"sv) == 1);
    CHECK(texts.keep("\0\0"sv) == 2);
    CHECK(texts.keep(large) == 3);
    CHECK(texts.keep("a") == 4);
    CHECK(texts.keep(std::string_view()) == 0);
    CHECK(texts.keep("\0"sv) == 1);
    CHECK(texts.keep("\0\0"sv) == 2);
    CHECK(texts.keep(large) == 3);
    CHECK(texts.text(1) == "\0"sv);
    CHECK(texts.text(3) == large);
}

TEST_CASE("interner: takes over all texts of another interner") {
    Interner other;
    for (const std::string_view text : {"a", "b", "c", "d"}) other.keep(text);
    Interner texts;
    for (const std::string_view text : {"x", "c", "a"}) texts.keep(text);
    CHECK(texts.keep_all(other) == std::vector<std::uint32_t>{2, 3, 1, 4});
    CHECK(texts.text(3) == "b");
    CHECK(texts.keep_all(Interner()).empty());
}
