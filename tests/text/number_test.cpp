#include "text/number.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace cloudhijack;

TEST_CASE("number: digits and nothing else, up to a maximum") {
    CHECK(text::whole_number("0", 0) == 0U);
    CHECK(text::whole_number("007", 7) == 7U);
    CHECK_FALSE(text::whole_number("8", 7));
    constexpr auto largest = std::numeric_limits<std::uint64_t>::max();
    CHECK(text::whole_number("18446744073709551615", largest) == largest);
    for (const char* wrong :
         {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "x", "18446744073709551616"}) {
        CAPTURE(wrong);
        CHECK_FALSE(text::whole_number(wrong, largest));
    }
}

TEST_CASE("number: sizes in MiB") {
    CHECK(text::in_mebibytes(std::size_t{64} << 20U) == "64 MiB");
    CHECK(text::in_mebibytes((std::size_t{1} << 20U) + 5) == "1 MiB");
}
