#include "output/terminal_text.hpp"

#include <doctest/doctest.h>

using namespace cloudhijack;

TEST_CASE("terminal: text for a terminal has no control characters and fits") {
    CHECK(output::for_terminal("a\x1b[31mb\n\x7f", 0) == "a?[31mb??");
    CHECK(output::for_terminal("\xC2\x9B"
                               "x\xff",
                               0) == "?x\xEF\xBF\xBD");
    CHECK(output::for_terminal("12345", 5) == "12345");
    CHECK(output::for_terminal("1234567", 5) ==
          "12\xE2\x80\xA6"
          "67");
    CHECK(output::for_terminal("\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9", 3) ==
          "\xC3\xA9\xE2\x80\xA6\xC3\xA9");
    CHECK(output::for_terminal("ab", 1) == "\xE2\x80\xA6");
    CHECK(output::for_terminal("a\xE2\x80\xAE"
                               "b\xE2\x80\xA8"
                               "c",
                               0) == "a?b?c");  // U+202E, U+2028
    CHECK(output::for_terminal("\xE6\xBC\xA2\xE6\xBC\xA2\xE6\xBC\xA2", 5) ==
          "\xE6\xBC\xA2\xE2\x80\xA6\xE6\xBC\xA2");  // wide characters
    CHECK(output::terminal_columns("a\xE6\xBC\xA2\xF0\x9F\x93\xA7") == 5);
}
