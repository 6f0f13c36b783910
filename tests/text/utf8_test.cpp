#include "text/utf8.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <random>
#include <string>
#include <string_view>

using namespace cloudhijack;

namespace {

std::string repaired(std::string_view bytes) {
    std::string out;
    text::append_valid_utf8(out, bytes);
    return out;
}

}  // namespace

TEST_CASE("utf8: valid text stays as it is") {
    for (const std::string_view text :
         {"", "plain", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF\xEE\x80\x80",
          "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"}) {
        CHECK(repaired(text) == text);
    }
}

TEST_CASE("utf8: each maximal invalid part becomes one replacement character") {
    const std::string r = "\xEF\xBF\xBD";
    CHECK(repaired("a\xFFz") == "a" + r + "z");
    CHECK(repaired("\x80\x80") == r + r);
    CHECK(repaired("\xC3") == r);
    CHECK(repaired("\xC3(") == r + "(");
    CHECK(repaired("\xC0\xAF") == r + r);  // overlong
    CHECK(repaired("\xE2\x82") == r);      // cut off: one part
    CHECK(repaired("\xE2\x82z") == r + "z");
    CHECK(repaired("\xE0\x80\x80") == r + r + r);  // overlong: not part of a character
    CHECK(repaired("\xED\xA0\x80") == r + r + r);  // a surrogate
    CHECK(repaired("\xF0\x9F\x98") == r);
    CHECK(repaired("\xF4\x90\x80\x80") == r + r + r + r);  // above U+10FFFF
    // The example of the Unicode standard, table 3-11.
    CHECK(repaired("\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64") ==
          "a" + r + r + r + "b" + r + "c" + r + r + "d");
}

TEST_CASE("utf8: agrees with simdjson on which texts are valid, for many seeds") {
    constexpr std::string_view bytes =
        "a\x7F\x80\x8F\x90\x9F\xA0\xBF\xC1\xC2\xDF\xE0\xED\xEF\xF0\xF4\xF5";
    for (unsigned seed = 0; seed < 20'000; ++seed) {
        std::mt19937 random(seed);
        std::string text;
        for (auto left = random() % 8; left > 0; --left) text += bytes[random() % bytes.size()];
        const bool valid = simdjson::validate_utf8(text.data(), text.size());
        const std::string made = repaired(text);
        CHECK((made == text) == valid);
        CHECK(simdjson::validate_utf8(made.data(), made.size()));
    }
}

TEST_CASE("utf8: a valid text is returned as it is, an invalid one is repaired into the storage") {
    std::string storage = "kept";
    const std::string good = "a\xC3\xA4";
    CHECK(text::valid_utf8(good, storage).data() == good.data());
    CHECK(text::valid_utf8(good, storage) == good);
    CHECK(storage == "kept");
    const std::string bad = "a\xC3";
    const std::string_view repaired = text::valid_utf8(bad, storage);
    CHECK(repaired == "a\xEF\xBF\xBD");
    CHECK(repaired.data() == storage.data());
    CHECK(text::valid_utf8("", storage).empty());
}
