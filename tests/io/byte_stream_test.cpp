#include "io/byte_stream.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace cloudhijack;

TEST_CASE("memory source: all bytes in order, as many as fit, then the end") {
    const std::string bytes = "abcdefg";
    auto source = io::read_from_memory(bytes);
    std::string buffer(3, '.');
    CHECK(source(buffer).value() == 3);
    CHECK(buffer == "abc");
    CHECK(source(buffer).value() == 3);
    CHECK(buffer == "def");
    CHECK(source(buffer).value() == 1);
    CHECK(buffer == "gef");
    CHECK(source(buffer).value() == 0);
    CHECK(io::read_from_memory("")(buffer).value() == 0);
}
