#include "output/html.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using namespace cloudhijack::output;

// Text that is not known when the program is compiled is not markup.
static_assert(!std::is_constructible_v<Markup, std::string>);
static_assert(!std::is_constructible_v<Markup, std::string_view>);

TEST_CASE("html: text means itself, in content and in attributes") {
    CHECK(escaped_html("a & b < c > d \" e ' f") == "a &amp; b &lt; c &gt; d &quot; e &#39; f");
    CHECK(escaped_html("&lt;") == "&amp;lt;");
    CHECK(escaped_html("]]> --> <!-- <svg onload=x>") ==
          "]]&gt; --&gt; &lt;!-- &lt;svg onload=x&gt;");
    CHECK(escaped_html("Zo\xC3\xAB \xE6\x97\xA5") == "Zo\xC3\xAB \xE6\x97\xA5");
    CHECK(escaped_html("").empty());
}

TEST_CASE("html: characters that nobody would see are visible") {
    CHECK(escaped_html(std::string_view("a\0b\x01\x1B\x7F"
                                        "c",
                                        7)) == "a?b???c");
    CHECK(escaped_html("line\nline\r\ttab") == "line?line??tab");
    CHECK(escaped_html("user\xE2\x80\xAEnimda") == "user?nimda");  // right-to-left override
    CHECK(escaped_html("a\xE2\x81\xA6"
                       "b\xE2\x81\xA9") == "a?b?");  // isolates
    CHECK(escaped_html("a\xE2\x80\x8B"
                       "b\xEF\xBB\xBF") == "a?b?");  // zero width
    CHECK(escaped_html("a\xEF\xBF\xBE"
                       "b\xEF\xBF\xBF") == "a?b?");  // not in XML
    CHECK(escaped_html("bytes \xFF \xC3(") == "bytes \xEF\xBF\xBD \xEF\xBF\xBD(");
    CHECK(escaped_html("half <\xF0\x9F") == "half &lt;\xEF\xBF\xBD");
}

TEST_CASE("html: elements are closed in order, and attributes are quoted") {
    Html html;
    {
        const auto list = html.in("ul", {{"class", "a\" onclick=\"x"}});
        html.element("li", {{"id", "1"}}, "<b>");
        const auto item = html.in("li");
        html.empty("br");
        html.raw(" ");
        html.text("&");
    }
    CHECK(std::move(html).take() ==
          "<ul class=\"a&quot; onclick=&quot;x\"><li id=\"1\">&lt;b&gt;</li><li><br/> "
          "&amp;</li></ul>");
}
