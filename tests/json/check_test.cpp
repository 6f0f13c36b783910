#include "json/check.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>

#include "../changed_texts.hpp"

using namespace cloudhijack;
using json::Check;
using End = json::Check::End;

namespace {

const std::string k_record =
    R"({"eventVersion":"1.11","n":[1,-2.5e3,true,{"a":null}],"s":"a\"b\\c\u00e4", "o": {}})";

bool is_whole(std::string_view text) {
    const Check checked = json::check(text);
    return checked.end == End::closed && checked.size == text.size() && !checked.bad_value;
}

}  // namespace

TEST_CASE("check: a complete object or array is closed at its last bracket") {
    for (const std::string& text : {k_record, std::string("{}"), std::string("[ ]"),
                                    std::string("[1,\"x\"]"), std::string("[[],{}]")}) {
        CAPTURE(text);
        const Check checked = json::check(text + "  ,{\"next\":1}");
        CHECK(checked.end == End::closed);
        CHECK(checked.size == text.size());
        CHECK_FALSE(checked.bad_value);
    }
}

TEST_CASE("check: every proper prefix of a complete text is cut off") {
    for (std::size_t size = 1; size < k_record.size(); ++size) {
        CAPTURE(size);
        CHECK(json::check(k_record.substr(0, size)).end == End::cut_off);
        CHECK(json::is_cut_off(k_record.substr(0, size)));
    }
    CHECK_FALSE(json::is_cut_off(k_record));
    CHECK_FALSE(json::is_cut_off("x"));
}

TEST_CASE("check: damage is found, and the token before it") {
    const auto damage = [](std::string_view text) {
        const Check checked = json::check(text);
        return checked.end == End::damaged
                   ? std::to_string(checked.last_token) + ' ' + std::to_string(checked.size) + ' ' +
                         std::string(checked.expected)
                   : "none";
    };
    CHECK(damage(R"({"a":"lost,"b":1})") == "5 12 a comma or a closing bracket");
    CHECK(damage(R"({"a":1 "b":2})") == "5 7 a comma or a closing bracket");
    CHECK(damage(R"({"a" 1})") == "1 5 a colon");
    CHECK(damage(R"({a:1})") == "0 1 a key in double quotes");
    CHECK(damage(R"({"a":None})") == "5 5 a value");
    CHECK(damage(R"({"a":1],"b":2})") == "5 6 a comma or a closing bracket");
    CHECK(damage("{\"a\":\"x\ny\"}") == "5 7 the string's end");
    CHECK(damage("{\"a\":\"x\\\ny\"}") == "5 8 the string's end");
    CHECK(damage(R"([1,])") == "3 3 a value");
    CHECK(damage("x") == "0 0 { or [");
    CHECK(damage(std::string(1025, '[')) == "0 1024 an end");
}

TEST_CASE("check: an invalid number or escape is a bad value, but not damage") {
    for (const std::string text :
         {R"({"a":01})", R"({"a":1.})", R"({"a":"\x"})", R"({"a":"\u12"})", R"({"a":-})"}) {
        CAPTURE(text);
        const Check checked = json::check(text);
        CHECK(checked.end == End::closed);
        CHECK(checked.bad_value);
    }
}

TEST_CASE("check: agrees with a simple parser on randomly changed texts") {
    const std::string_view bytes = "\"\\{}[],: \n01e-tnulx";
    int whole = 0;
    for (unsigned seed = 0; seed < 4000; ++seed) {
        CAPTURE(seed);
        const std::string text = with_changes(k_record, seed, 2, bytes);
        if (!text.starts_with('{') && !text.starts_with('[')) continue;
        CAPTURE(text);
        const bool parses = nlohmann::json::accept(text);
        whole += parses ? 1 : 0;
        CHECK(is_whole(text.substr(0, text.find_last_not_of(" \n") + 1)) == parses);
    }
    CHECK(whole > 100);
}

TEST_CASE("damage: the description says what is wrong with a text, and where") {
    CHECK(json::damage_in_words("") == "is empty");
    CHECK(json::damage_in_words(" \n") == "is empty");
    CHECK(json::damage_in_words("x") == "is not a JSON object");
    CHECK(json::damage_in_words("[1]") == "is not a JSON object");
    CHECK(json::damage_in_words(R"({"a":1},)") ==
          "has text after the end of its JSON object, at byte 7");
    CHECK(json::damage_in_words(R"({'a':1})") ==
          "is not JSON: it has a single quote where JSON has double quotes, at byte 1");
    CHECK(json::damage_in_words(R"( {"a":None})") ==
          R"(is damaged JSON: it has "N" instead of a value, at byte 6)");
    CHECK(json::damage_in_words("{\"a\":\"x\ny\"}") ==
          "is damaged JSON: a string has a line break or another control character, at byte 7");
    CHECK(json::damage_in_words(R"({"a":"b)") ==
          "is cut off: its JSON ends inside a string, after 7 bytes");
    CHECK(json::damage_in_words(R"({"a":1,)") ==
          "is cut off: its JSON ends before its last bracket, after 7 bytes");
    CHECK(json::damage_in_words(R"({"a":01})") ==
          "is not valid JSON: it has a number or an escape that JSON does not allow, at byte 5");
    CHECK(json::damage_in_words("{\"a\":\xC3\xA4}") ==
          "is damaged JSON: it has \"\xC3\xA4\" instead of a value, at byte 5");
    CHECK(json::damage_in_words(std::string(1025, '[')) ==
          "nests more than 1,024 brackets, the last of them at byte 1024");
}
