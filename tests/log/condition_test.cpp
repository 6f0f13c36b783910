#include "log/condition.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "io/window.hpp"

using namespace cloudhijack;
using log::Condition;

namespace {

bool hold(const std::string& object, const std::vector<Condition>& conditions) {
    static log::ConditionReader reader;
    const std::string padded = object + std::string(io::k_padding, '"');
    return reader.all_hold(std::string_view(padded).substr(0, object.size()), conditions);
}

bool holds(const std::string& object, std::vector<std::string> path, std::string value) {
    return hold(object, {{.path = std::move(path), .value = std::move(value)}});
}

}  // namespace

TEST_CASE("parameters: an empty list of conditions always holds") {
    CHECK(hold("", {}));
    CHECK(hold("{}", {}));
}

TEST_CASE("parameters: values are compared as text") {
    CHECK(holds(R"({"a":"x","b":1})", {"a"}, "x"));
    CHECK(holds(R"({"b":1,"a":true})", {"a"}, "true"));
    CHECK(holds(R"({"a":1.50})", {"a"}, "1.50"));
    CHECK(holds(R"({"a":"\u0078"})", {"a"}, "x"));
    CHECK(holds(R"({"\u0061":"x"})", {"a"}, "x"));
    CHECK_FALSE(holds(R"({"a":"X"})", {"a"}, "x"));
    CHECK_FALSE(holds(R"({"a":null})", {"a"}, ""));
    CHECK_FALSE(holds(R"({"a":{}})", {"a"}, ""));
    CHECK_FALSE(holds(R"({"b":"x"})", {"a"}, "x"));
    CHECK_FALSE(holds("{}", {"a"}, ""));
}

TEST_CASE("parameters: paths, and arrays of which any element matches") {
    CHECK(holds(R"({"a":{"b":{"c":"x"}}})", {"a", "b", "c"}, "x"));
    CHECK_FALSE(holds(R"({"a":{"b":{"c":"x"}}})", {"a", "b"}, "x"));
    CHECK_FALSE(holds(R"({"a":"x"})", {"a", "b"}, "x"));
    CHECK(holds(R"({"a":["w","x"]})", {"a"}, "x"));
    CHECK(holds(R"({"a":[1,{"b":"w"},{"b":"x"}]})", {"a", "b"}, "x"));
    CHECK(holds(R"({"a":[{"b":["w","x"]}]})", {"a", "b"}, "x"));
    CHECK_FALSE(holds(R"({"a":[["x"]]})", {"a"}, "x"));
    CHECK_FALSE(holds(R"({"a":[]})", {"a"}, "x"));
}

TEST_CASE("parameters: the first of duplicate keys counts, and all conditions must hold") {
    CHECK(holds(R"({"a":"x","a":"y"})", {"a"}, "x"));
    CHECK_FALSE(holds(R"({"a":"x","a":"y"})", {"a"}, "y"));
    const std::vector<Condition> both = {{.path = {"b"}, .value = "2"},
                                         {.path = {"a"}, .value = "1"}};
    CHECK(hold(R"({"a":1,"b":2})", both));
    CHECK_FALSE(hold(R"({"a":1,"b":3})", both));
}

TEST_CASE("parameters: no condition holds for damaged or absent parameters") {
    for (const std::string damaged : {"", "{", "[]", "x", R"({"a":tru})", R"({"a":"x)"}) {
        CHECK_FALSE(holds(damaged, {"a"}, "x"));
    }
    CHECK_FALSE(
        holds("{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}", {"a"}, "x"));
}
