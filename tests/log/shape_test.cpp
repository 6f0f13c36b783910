#include "log/shape.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace cloudhijack;
using log::Event;
using log::Shape;
using log::ShapePath;

TEST_CASE("shape: paths become a tree of keys, each node with an index of its own") {
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
