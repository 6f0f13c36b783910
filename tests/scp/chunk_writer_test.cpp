#include "scp/chunk_writer.hpp"

#include <doctest/doctest.h>

#include <string>

#include "byte_pieces.hpp"

using namespace cloudhijack;

TEST_CASE("chunk writer: lengths are in bytes") {
    std::string out;
    auto sink = into(out);
    REQUIRE(scp::write_chunk(sink, "{\"a\":\"\xC3\xA9\"}", "x,y\n"));
    REQUIRE(scp::write_chunk(sink, "{}"));
    CHECK(out == "chunked 1.0,10,4\n{\"a\":\"\xC3\xA9\"}x,y\nchunked 1.0,2,0\n{}");
}

TEST_CASE("chunk writer: an error of the legacy protocol is a CSV with one column") {
    std::string out;
    auto sink = into(out);
    REQUIRE(scp::write_legacy_protocol_error(sink, "say \"chunked\", please"));
    CHECK(out == "ERROR\n\"say \"\"chunked\"\", please\"\n");
}

TEST_CASE("chunk writer: an error of the sink is passed on") {
    io::ByteSink closed = [](std::string_view) -> Result<> { return peer_gone(); };
    const auto written = scp::write_chunk(closed, "{}", "body");
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == Error::Kind::gone);
}
