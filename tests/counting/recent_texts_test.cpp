#include "counting/recent_texts.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace cloudhijack;
using counting::RecentTexts;

TEST_CASE("recent texts: the value of a recurring text is not computed again") {
    RecentTexts<std::size_t> sizes;
    int calls = 0;
    const auto size_of = [&calls](std::string_view text) {
        ++calls;
        return text.size();
    };
    for (int i = 0; i < 10; ++i) CHECK(sizes.of("abc", size_of) == 3);
    CHECK(calls == 1);
    const std::string large(5000, 'x');
    for (int i = 0; i < 3; ++i) CHECK(sizes.of(large, size_of) == 5000);
    CHECK(calls == 4);
}

TEST_CASE("recent texts: the value belongs to its text, whatever came before") {
    RecentTexts<std::string> texts;
    std::mt19937 random(8);
    for (int i = 0; i < 20'000; ++i) {
        const std::string text(random() % 3 == 0 ? 1020 + random() % 10 : random() % 4,
                               "ab"[random() % 2]);
        const std::string wanted = text + std::to_string(random() % 100);
        const auto same = [](std::string_view seen) { return std::string(seen); };
        CHECK(texts.of(wanted, same) == wanted);
    }
}
