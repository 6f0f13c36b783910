#include "log/shape.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "io/window.hpp"
#include "log/cloudtrail.hpp"
#include "log/event_reader.hpp"

using namespace cloudhijack;
using log::Event;
using log::Shape;
using log::ShapePath;

TEST_CASE("shape: paths become a tree of keys, each node with its own index") {
    static constexpr std::array paths = {
        ShapePath{.path = "actor.user.name", .field = &Event::caller},
        ShapePath{.path = "actor.type", .field = &Event::caller_type},
        ShapePath{.path = "api", .field = &Event::name}};
    const Shape shape(paths);
    const Shape::Node* actor = shape.root().child("actor");
    REQUIRE(actor != nullptr);
    CHECK(actor->field == nullptr);
    REQUIRE(actor->child("user") != nullptr);
    const Shape::Node* name = actor->child("user")->child("name");
    REQUIRE(name != nullptr);
    CHECK(name->field == &Event::caller);
    CHECK(actor->child("type")->field == &Event::caller_type);
    CHECK(shape.root().child("api")->field == &Event::name);
    CHECK(shape.root().child("user") == nullptr);
    CHECK(shape.root().child("") == nullptr);
    CHECK(actor->index != name->index);
    CHECK(name->index != shape.root().child("api")->index);
}

namespace {

/// A log that consists only of a table of paths: every object is one of its records.
class ShapedRecords {
  public:
    explicit ShapedRecords(std::span<const ShapePath> paths) : table_(table_of(paths)) {}

    Event read(std::string_view json) {
        padded_ = std::string(json) + std::string(io::k_padding, '"');
        const auto reading = reader_.read(std::string_view(padded_).substr(0, json.size()));
        REQUIRE(reading);
        return reading->event;
    }

    /// Why the record cannot be read; empty if it can.
    std::string error_of(std::string_view json) {
        padded_ = std::string(json) + std::string(io::k_padding, '"');
        const auto reading = reader_.read(std::string_view(padded_).substr(0, json.size()));
        return reading ? std::string() : reading.error().text;
    }

  private:
    static log::Log table_of(std::span<const ShapePath> paths) {
        log::Log table = log::cloudtrail();
        table.mark = "{";
        table.paths = paths;
        table.recognises = [](const Event&) { return true; };
        table.complete = nullptr;
        return table;
    }

    log::Log table_;
    log::LogSet logs_{std::array<const log::Log*, 1>{&table_}};
    log::EventReader reader_{logs_};
    std::string padded_;
};

}  // namespace

TEST_CASE("shape: a key in square brackets may contain dots and other characters of the syntax") {
    static constexpr std::array paths = {
        ShapePath{.path = "claims[http://a.b/c^d]", .field = &Event::caller},
        ShapePath{.path = "[x.y].z", .field = &Event::name},
        ShapePath{.path = "claims.upn", .field = &Event::caller_id},
        ShapePath{.path = "[one]", .field = &Event::region}};
    ShapedRecords records(paths);
    const Event event = records.read(
        R"({"claims":{"http://a.b/c^d":"c","upn":"u","x":{"y":1}},"x.y":{"z":"n"},"one":"r"})");
    CHECK(event.caller == "c");
    CHECK(event.caller_id == "u");
    CHECK(event.name == "n");
    CHECK(event.region == "r");
    CHECK(records.read(R"({"x":{"y":{"z":"n"}}})").name.empty());
}

TEST_CASE("shape: a string that holds JSON is opened in place, and an object is read directly") {
    static constexpr std::array paths = {
        ShapePath{.path = "body^.error.code", .field = &Event::error_code},
        ShapePath{.path = "body^.inner^.name", .field = &Event::name},
        ShapePath{.path = "data^", .holds = log::Holds::object, .field = &Event::parameters},
        ShapePath{.path = "after", .field = &Event::region}};
    ShapedRecords records(paths);
    for (
        const char* text :
        {R"({"body":{"error":{"code":"c"},"inner":{"name":"n"}},"data":{"a":1},"after":"r"})",
         R"({"body":"{\"error\":{\"code\":\"c\"},\"inner\":\"{\\\"name\\\":\\\"n\\\"}\"}",)"
         R"("data":" {\"a\":1} ","after":"r"})",
         R"({"after":"r","data":{"a":1},"body":{"inner":"{\"name\":\"n\"}","error":{"code":"c"}}})"}) {
        const Event event = records.read(text);
        CHECK(event.error_code == "c");
        CHECK(event.name == "n");
        CHECK(std::string(event.parameters).contains("{\"a\":1}"));
        CHECK(event.region == "r");
    }
    for (const char* absent : {R"("text")", R"("")", R"("[1]")", "1", "null", "[]", "[{}]"}) {
        CAPTURE(absent);
        const Event event = records.read(R"({"body":)" + std::string(absent) + R"(,"data":)" +
                                         absent + R"(,"after":"r"})");
        CHECK(event.error_code.empty());
        CHECK(event.parameters.empty());
        CHECK(event.region == "r");
    }
}

TEST_CASE("shape: a record with a string whose object is damaged cannot be read") {
    static constexpr std::array paths = {
        ShapePath{.path = "body^.a", .field = &Event::name},
        ShapePath{.path = "data^", .holds = log::Holds::object, .field = &Event::parameters},
        ShapePath{.path = "rest^", .holds = log::Holds::json, .field = &Event::rest}};
    ShapedRecords records(paths);
    for (const std::string key : {"body", "data", "rest"}) {
        CAPTURE(key);
        for (const std::string damaged :
             {R"({\"a\":\"n\")", R"({\"a\":\"n\"} x)", R"( {\"a\":\"n\",\"b\":{})", "{"}) {
            CAPTURE(damaged);
            CHECK(records.error_of(R"({")" + key + R"(":")" + damaged + R"("})") ==
                  "has damaged or cut-off JSON in \"" + key + '"');
        }
        for (const std::string other : {"", "text", "[1", "1"}) {
            CHECK(records.error_of(R"({")" + key + R"(":")" + other + R"("})").empty());
        }
    }
    CHECK(records.read(R"({"rest":" [1,[2]] "})").rest == "[1,[2]]");
}

TEST_CASE("shape: nothing in a damaged string inside a string counts, but its siblings do") {
    static constexpr std::array paths = {
        ShapePath{.path = "properties^.body^.a", .field = &Event::name},
        ShapePath{.path = "properties^.body^.b", .field = &Event::region},
        ShapePath{.path = "properties^.after", .field = &Event::account}};
    ShapedRecords records(paths);
    for (const char* json :
         {R"({"properties":{"body":"{\"a\":\"n\",\"b\":tru}","after":"r"}})",
          R"({"properties":"{\"body\":\"{\\\"a\\\":\\\"n\\\"\",\"after\":\"r\"}"})"}) {
        const Event event = records.read(json);
        CHECK(event.name.empty());
        CHECK(event.region.empty());
        CHECK(event.account == "r");
    }
}

TEST_CASE("shape: each element of an array is read, and the elements of arrays in it") {
    static constexpr std::array paths = {
        ShapePath{.path = "list[].name", .field = &Event::name},
        ShapePath{.path = "list[].id", .field = &Event::id},
        ShapePath{.path = "texts[]^.region", .field = &Event::region},
        ShapePath{.path = "words[]", .field = &Event::caller}};
    ShapedRecords records(paths);
    Event event = records.read(R"({"list":[1,{"id":"i"},{"name":"n","name":"m"},[{"name":"o"}]],)"
                               R"("texts":["x","{\"region\":\"r\"}"],"words":["",["a"],"b"]})");
    CHECK(event.name == "n");  // the first of several elements with a text
    CHECK(event.id == "i");
    CHECK(event.region == "r");
    CHECK(event.caller == "a");
    event = records.read(R"({"list":{"name":"n"},"words":"w","texts":{"region":"r"}})");
    CHECK(event.name == "n");  // an object counts as an array of one
    CHECK(event.caller == "w");
    CHECK(event.region == "r");
    CHECK(records.read(R"({"list":[[[{"name":"n"}]]]})").name.empty());
    CHECK(records.read(R"({"list":[],"words":[]})").caller.empty());
}

TEST_CASE("shape: the first of two lines for a field with a text counts, in any order of keys") {
    static constexpr std::array paths = {
        ShapePath{.path = "time", .field = &Event::time_text},
        ShapePath{.path = "inner.time", .field = &Event::time_text},
        ShapePath{.path = "time_dt", .field = &Event::time_text}};
    ShapedRecords records(paths);
    const auto time_in = [&records](const char* json) {
        return std::string(records.read(json).time_text);
    };
    CHECK(time_in(R"({"time":"1","inner":{"time":"2"},"time_dt":"3"})") == "1");
    CHECK(time_in(R"({"time_dt":"3","inner":{"time":"2"},"time":"1"})") == "1");
    CHECK(time_in(R"({"time_dt":"3","inner":{"time":"2"}})") == "2");
    CHECK(time_in(R"({"inner":{"time":"2"},"time_dt":"3"})") == "2");
    for (const char* empty : {R"("")", "null", "{}", "[]", "[\"x\"]"}) {
        CAPTURE(empty);
        const std::string first = R"("time":)" + std::string(empty);
        CHECK(time_in(("{" + first + R"(,"time_dt":"3"})").c_str()) == "3");
        CHECK(time_in((R"({"time_dt":"3",)" + first + "}").c_str()) == "3");
    }
    // The first of duplicate keys is the value, even if it is empty.
    CHECK(time_in(R"({"time":"","time":"1","time_dt":"3"})") == "3");
    CHECK(time_in(R"({"time":"1","time":"2"})") == "1");
    CHECK(time_in(R"({"inner":{"x":1},"inner":{"time":"2"},"time_dt":"3"})") == "3");
    CHECK(time_in(R"({"inner":{"time":"2","time":"4"}})") == "2");
}
