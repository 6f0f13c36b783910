#include "cloudtrail/shape.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace cloudhijack;
using cloudtrail::Event;
using cloudtrail::FieldPath;
using cloudtrail::Shape;

TEST_CASE("shape: paths become a tree of keys, each node with an index of its own") {
    constexpr std::array paths = {FieldPath{.path = "actor.user.name", .field = &Event::caller_arn},
                                  FieldPath{.path = "actor.type", .field = &Event::caller_type},
                                  FieldPath{.path = "api", .field = &Event::name}};
    const Shape shape(paths);
    const Shape::Node* actor = shape.root().child("actor");
    REQUIRE(actor != nullptr);
    CHECK(actor->field == nullptr);
    REQUIRE(actor->child("user") != nullptr);
    const Shape::Node* name = actor->child("user")->child("name");
    REQUIRE(name != nullptr);
    CHECK(name->field == &Event::caller_arn);
    CHECK(actor->child("type")->field == &Event::caller_type);
    CHECK(shape.root().child("api")->field == &Event::name);
    CHECK(shape.root().child("user") == nullptr);
    CHECK(shape.root().child("") == nullptr);
    CHECK(actor->index != name->index);
    CHECK(name->index != shape.root().child("api")->index);
}
