#include "json/record_keys.hpp"

#include <doctest/doctest.h>

#include <string>

using cloudhijack::json::NameKey;

TEST_CASE("name key: the rare pair of a key") {
    const auto pair_of = [](std::string_view key) {
        const NameKey name(key);
        CHECK(name.text().substr(name.pair(), 2) == std::string{name.first(), name.second()});
        return std::string(name.text().substr(name.pair(), 2));
    };
    CHECK(pair_of("eventName") == "tN");
    CHECK(pair_of("operationName") == "nN");
    CHECK(pair_of("event") == "ev");
    CHECK(pair_of("method") == "me");
    CHECK(pair_of("sg_event") == "g_");
    CHECK(pair_of("op") == "op");
    CHECK(pair_of("EVENT") == "EV");
}

TEST_CASE("name key: a key that is too short counts as no key") {
    for (const char* key : {"", "e"}) CHECK(NameKey(key).text().empty());
    CHECK(NameKey().text().empty());
    CHECK_FALSE(NameKey().is_at(0, "event"));
}

TEST_CASE("name key: whether the text contains it at a position") {
    const NameKey name("event");
    CHECK(name.is_at(0, "event"));
    CHECK(name.is_at(1, "\"event\""));
    CHECK_FALSE(name.is_at(0, "\"event\""));
    CHECK_FALSE(name.is_at(1, "\"even"));
    CHECK_FALSE(name.is_at(5, "event"));
}
