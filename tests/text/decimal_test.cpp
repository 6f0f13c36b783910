#include "text/decimal.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using namespace cloudhijack::text;

namespace {

constexpr std::uint64_t k_most = 1'000'000'000'000;

}  // namespace

TEST_CASE("decimal_units: a number in units of its last place") {
    CHECK(decimal_units("0.035", 6, k_most) == 35'000);
    CHECK(decimal_units("5", 6, k_most) == 5'000'000);
    CHECK(decimal_units("12.5", 1, k_most) == 125);
    CHECK(decimal_units(".5", 2, k_most) == 50);
    CHECK(decimal_units("7.", 2, k_most) == 700);
    CHECK(decimal_units("0.12345678", 6, k_most) == 123'456);
}

TEST_CASE("decimal_units: other texts are rejected") {
    for (const char* text :
         {"", ".", "-1", "+1", "1e3", "1,5", " 1", "1 ", "0x1", "1.2.3", "NaN"}) {
        CHECK_FALSE(decimal_units(text, 6, k_most));
    }
}

TEST_CASE("decimal_units: a number that is too large becomes the largest") {
    CHECK(decimal_units("1000000", 6, k_most) == k_most);
    CHECK(decimal_units("1000000.000001", 6, k_most) == k_most);
    CHECK(decimal_units("99999999999999999999999999999999", 6, k_most) == k_most);
    CHECK(decimal_units("18446744.073709551615", 12, UINT64_MAX) == UINT64_MAX);
    CHECK(decimal_units("18446744.073709551616", 12, UINT64_MAX) == UINT64_MAX);
    CHECK(decimal_units("18446744.073709551614", 12, UINT64_MAX) == UINT64_MAX - 1);
    CHECK(decimal_units("9", 0, 5) == 5);
}

TEST_CASE("decimal_text: the reverse of decimal_units") {
    CHECK(decimal_text(0, 4) == "0.0000");
    CHECK(decimal_text(7, 4) == "0.0007");
    CHECK(decimal_text(120'350, 4) == "12.0350");
    CHECK(decimal_text(UINT64_MAX, 12) == "18446744.073709551615");
    for (const std::uint64_t units : {std::uint64_t{1}, std::uint64_t{99'999}, k_most}) {
        CHECK(decimal_units(decimal_text(units, 6), 6, UINT64_MAX) == units);
    }
}
