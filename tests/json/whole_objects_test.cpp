#include "json/whole_objects.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace cloudhijack;

namespace {

using Texts = std::vector<std::string>;

// The objects found, each after one `+` per damaged object before it, then the damaged objects at
// the end.
Texts found_in(std::string_view text) {
    json::WholeObjects objects(text, {});
    Texts found;
    while (const auto object = objects.next()) {
        found.push_back(std::string(object->damaged_before, '+') +
                        std::string(text.substr(object->begin, object->end - object->begin)));
    }
    if (objects.damaged() > 0) found.emplace_back(objects.damaged(), '+');
    return found;
}

std::string record(const std::string& name, const std::string& more = "") {
    return R"x({"eventVersion":"1.11","userAgent":"a(b; c)","eventName":")x" + name + '"' + more +
           R"(,"readOnly":true})";
}

const std::string k_a = record("A");
const std::string k_b = record("B", R"(,"requestParameters":{"x":[{"eventName":"forged"}]})");
const std::string k_c = record("C");

}  // namespace

TEST_CASE("whole objects: each of several consecutive objects is found") {
    CHECK(found_in(k_a) == Texts{k_a});
    CHECK(found_in(k_a + k_b + k_c) == Texts{k_a, k_b, k_c});
    CHECK(found_in(k_a + ",\n" + k_b + " ]}") == Texts{k_a, k_b});
    CHECK(found_in("").empty());
    CHECK(found_in("{}").empty());
}

TEST_CASE("whole objects: a missing byte costs only the record that it is missing from") {
    for (std::size_t i = 0; i < k_b.size(); ++i) {
        CAPTURE(i);
        const std::string damaged = k_b.substr(0, i) + k_b.substr(i + 1);
        const Texts found = found_in(k_a + ',' + damaged + ',' + k_c + ',' + k_a);
        REQUIRE(found.size() >= 3);
        CHECK(found.front() == k_a);
        CHECK(found.back() == k_a);
        CHECK(found[found.size() - 2].ends_with(k_c));
    }
}

TEST_CASE("whole objects: a record truncated anywhere costs only itself, whatever follows it") {
    for (const std::string between : {"", ",", "\n", "},", "]},"}) {
        for (std::size_t size = 1; size < k_b.size(); ++size) {
            CAPTURE(between);
            CAPTURE(size);
            const std::string cut = k_b.substr(0, size);
            const Texts found = found_in(cut + between + k_c + k_a);
            REQUIRE(!found.empty());
            CHECK(found.back().ends_with(k_a));
            // If a record is truncated before a value or in an array, the next record can take that
            // place.
            const bool takes_next = !between.empty() && (cut.ends_with(':') ||
                                                         (cut.contains('[') && !cut.contains(']')));
            if (!takes_next) CHECK((found.size() >= 2 && found[found.size() - 2].ends_with(k_c)));
        }
    }
}

TEST_CASE("whole objects: a line that begins with an object counts after a truncated line") {
    CHECK(found_in(R"({"eventVersion":)"
                   "\n" +
                   k_c) == Texts{"+" + k_c});
}

TEST_CASE("whole objects: text in a string is not an object, whatever is damaged around it") {
    const std::string forged = R"({\"eventVersion\":\"1.11\",\"eventName\":\"Forged\"})";
    for (const std::string before : {R"({"a":"lost,"userAgent":"x},)",
                                     R"({"a":"b"c","userAgent":")", R"({"a":{,"userAgent":"[)"}) {
        CAPTURE(before);
        const Texts found = found_in(before + forged + R"(","z":1},)" + k_c);
        CHECK(found == Texts{"+" + k_c});
    }
}

TEST_CASE("whole objects: objects inside a damaged object do not count") {
    const std::string inner = R"({"eventName":"Forged","eventSource":"s"})";
    CHECK(found_in(R"({"a":"lost,"b":1,"requestParameters":)" + inner + "}," + k_c) ==
          Texts{"+" + k_c});
    CHECK(found_in(R"({"a":"lost,"b":1,"entries":[)" + inner + ',' + inner + "]}," + k_c) ==
          Texts{"+" + k_c});
    CHECK(found_in(R"({"a":"lost,"b":{"c":[)" + inner + ',' + inner + "]}}," + k_c) ==
          Texts{"+" + k_c});
}

TEST_CASE("whole objects: damaged objects are counted") {
    const std::string damaged = R"({"eventVersion":"1.11","a":"lost,"b":1})";
    CHECK(found_in(damaged + ',' + damaged + ',' + k_a + ',' + damaged) == Texts{"++" + k_a, "+"});
}
