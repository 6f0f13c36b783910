#include "text/key_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

using namespace cloudhijack;
using text::KeyTable;

TEST_CASE("key table: the index of a key, and nothing for a text that is not a key") {
    constexpr std::array<std::string_view, 5> keys = {"eventName", "eventTime", "arn", "", "a"};
    const KeyTable table(keys);
    CHECK(table.find("eventName") == 0);
    CHECK(table.find("eventTime") == 1);
    CHECK(table.find("arn") == 2);
    CHECK(table.find("") == 3);
    CHECK(table.find("a") == 4);
    for (const char* other :
         {"eventNam", "eventNamE", "eventName ", "EventName", "ar", "b", "arns"}) {
        CHECK_FALSE(table.contains(other));
    }
}

TEST_CASE("key table: an empty table holds nothing, and the first of two equal keys counts") {
    CHECK_FALSE(KeyTable().contains(""));
    CHECK_FALSE(KeyTable(std::span<const std::string_view>()).contains("a"));
    constexpr std::array<std::string_view, 3> keys = {"a", "b", "a"};
    CHECK(KeyTable(keys).find("a") == 0);
}

TEST_CASE("key table: agrees with a linear search, for many seeds") {
    for (unsigned seed = 0; seed < 300; ++seed) {
        std::mt19937 random(seed);
        const auto text = [&random] {
            std::string text(random() % 20, ' ');
            for (char& c : text) c = "abN\xFF"[random() % 4];
            return text;
        };
        std::vector<std::string> texts(random() % 200);
        std::ranges::generate(texts, text);
        const std::vector<std::string_view> keys(texts.begin(), texts.end());
        const KeyTable table(keys);
        for (int i = 0; i < 200; ++i) {
            const std::string wanted =
                keys.empty() || i % 2 == 0 ? text() : std::string(keys[random() % keys.size()]);
            const auto plainly = std::ranges::find(keys, wanted);
            const auto found = table.find(wanted);
            REQUIRE(found.has_value() == (plainly != keys.end()));
            if (found) CHECK(*found == static_cast<std::size_t>(plainly - keys.begin()));
        }
    }
}
