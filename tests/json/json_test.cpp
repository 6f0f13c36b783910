#include "json/json.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/window.hpp"

using namespace cloudhijack;

namespace {

namespace ondemand = simdjson::ondemand;

/// A JSON text with its padding, and the results of parse_object() for it.
struct ParsedObject {
    explicit ParsedObject(std::string_view json) : text(json) {
        text.append(io::k_padding, ' ');
        error = json::parse_object(*parser, std::string_view(text).substr(0, json.size()), document,
                                   object);
    }

    std::string text;
    json::OwnedJsonParser parser = json::make_json_parser();
    ondemand::document document;
    ondemand::object object;
    simdjson::error_code error;
};

}  // namespace

TEST_CASE("json kernel: a level that the processor supports is used, any other changes nothing") {
    const simdjson::implementation* const own = simdjson::get_active_implementation();
    for (const auto& [cpu, name] : {std::pair{"plain", "fallback"}, std::pair{"sse4.2", "westmere"},
                                    std::pair{"avx2", "haswell"}, std::pair{"avx512", "icelake"}}) {
        const auto* const kernel = simdjson::get_available_implementations()[name];
        const bool is_supported = kernel != nullptr && kernel->supported_by_runtime_system();
        simdjson::get_active_implementation() = own;
        json::limit_json_kernel(cpu);
        CAPTURE(cpu);
        CHECK(simdjson::get_active_implementation()->name() == (is_supported ? name : own->name()));
    }
    simdjson::get_active_implementation() = own;
    for (const char* other : {"", "sse9", "Plain"}) {
        json::limit_json_kernel(other);
        CHECK(simdjson::get_active_implementation()->name() == own->name());
    }
}

TEST_CASE("json: an object, and the errors for other texts") {
    CHECK(ParsedObject("{}").error == simdjson::SUCCESS);
    CHECK(ParsedObject(R"( {"a":1} {})").error == simdjson::SUCCESS);
    CHECK(ParsedObject("").error == simdjson::EMPTY);
    CHECK(ParsedObject("[]").error == simdjson::INCORRECT_TYPE);
    CHECK(ParsedObject("1").error == simdjson::INCORRECT_TYPE);
}

TEST_CASE("json: members in order, with unescaped keys and duplicates") {
    ParsedObject parsed(R"({"a":1,"\u0062":"x","skipped":[{"a":3}],"a":null})");
    std::vector<std::pair<std::string, std::string>> members;
    const auto error =
        json::for_each_member(parsed.object, [&](std::string_view key, ondemand::value value) {
            std::string_view text;
            if (key != "skipped") CHECK(json::read_text(value, text) == simdjson::SUCCESS);
            members.emplace_back(key, text);
        });
    CHECK(error == simdjson::SUCCESS);
    CHECK(parsed.document.at_end());
    CHECK(members == decltype(members){{"a", "1"}, {"b", "x"}, {"skipped", ""}, {"a", ""}});
}

TEST_CASE("json: the callback can end the walk over the members") {
    ParsedObject stopped(R"({"a":1,"b":2,"c":3})");
    std::string keys;
    CHECK(json::for_each_member(stopped.object, [&](std::string_view key, ondemand::value) {
              keys += key;
              return key != "b";
          }) == simdjson::SUCCESS);
    CHECK(keys == "ab");

    ParsedObject failed(R"({"a":1,"b":2,"c":3})");
    keys.clear();
    CHECK(json::for_each_member(failed.object, [&](std::string_view key, ondemand::value) {
              keys += key;
              return key == "b" ? simdjson::NUMBER_ERROR : simdjson::SUCCESS;
          }) == simdjson::NUMBER_ERROR);
    CHECK(keys == "ab");
}

TEST_CASE("json: a walk over damaged members ends with the error") {
    for (const char* text : {R"({"a":1,"b" 2})", R"({"a":1,2})", R"({"a":1,"\x":2})"}) {
        CAPTURE(text);
        ParsedObject parsed(text);
        int members = 0;
        CHECK(json::for_each_member(parsed.object, [&](std::string_view, ondemand::value) {
                  ++members;
              }) != simdjson::SUCCESS);
        CHECK(members == 1);
    }
}
