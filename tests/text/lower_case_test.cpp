#include "text/lower_case.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;

TEST_CASE("lower case: only ASCII capitals change") {
    CHECK(text::in_lower_case("AZaz@[`{09 -_") == "azaz@[`{09 -_");
    CHECK(text::in_lower_case("\xC3\x84 SES:Send*") == "\xC3\x84 ses:send*");
    CHECK(text::in_lower_case("").empty());
    CHECK(text::to_lower('Q') == 'q');
    CHECK(text::to_lower('\xC4') == '\xC4');
}
