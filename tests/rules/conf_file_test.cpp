#include "rules/conf_file.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack;

namespace {

// `line [stanza] key=value` of every setting, separated by |; line breaks in values are shown as /.
std::string settings_of(std::string_view text) {
    std::string shown;
    for (const auto& [place, value] : rules::parse("f", text).settings) {
        if (!shown.empty()) shown += '|';
        shown += std::to_string(place.line) + " [" + place.stanza + "] " + place.key + '=';
        for (const char c : value) shown += c == '\n' ? '/' : c;
    }
    return shown;
}

std::string parse_mistakes_of(std::string_view text) {
    std::string shown;
    for (const auto& mistake : rules::parse("f", text).mistakes) shown += to_text(mistake) + '|';
    return shown;
}

}  // namespace

TEST_CASE("conf: stanzas, keys, comments and blank lines") {
    CHECK(settings_of("").empty());
    CHECK(settings_of("# c\n\n[a]\nx = 1\n ; = 2\n  y=2 # no comment\n[b c]\nx =\n") ==
          "4 [a] x=1|5 [a] ;=2|6 [a] y=2 # no comment|8 [b c] x=");
    CHECK(settings_of("x = 1") == "1 [] x=1");
    CHECK(settings_of("[a]\r\nx = a = b\r\n") == "2 [a] x=a = b");
    CHECK(settings_of("\xEF\xBB\xBF[a]\nx=1") == "2 [a] x=1");
}

TEST_CASE("conf: a value continues after a backslash at the end of a line") {
    CHECK(settings_of("[a]\nx = 1 \\\n   2 \\\n3\ny = 4\n") == "2 [a] x=1 /2 /3|5 [a] y=4");
    CHECK(settings_of("[a]\nx = 1\\") == "2 [a] x=1");
    CHECK(settings_of("[a]\n# c \\\nx = 1\n") == "3 [a] x=1");
}

TEST_CASE("conf: mistakes name their line") {
    CHECK(parse_mistakes_of("[a]\nx = 1\n").empty());
    CHECK(parse_mistakes_of("[a\nx\n[b]\ny\n") ==
          "f:1: the stanza's name has no closing ]; write [stanza]|f:2: not a valid line; write "
          "[stanza], key = value or # comment|"
          "f:4: [b]: not a valid line; write [stanza], key = value or # comment|");
}
