#include "scp/chunk_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "byte_pieces.hpp"
#include "scp/limits.hpp"

using namespace cloudhijack;
using scp::ChunkReader;

namespace {

using Fill = io::Window::Fill;

struct Chunk {
    std::string metadata;
    std::string body;

    bool operator==(const Chunk&) const = default;
};

std::string frame(const Chunk& chunk) {
    return "chunked 1.0," + std::to_string(chunk.metadata.size()) + ',' +
           std::to_string(chunk.body.size()) + '\n' + chunk.metadata + chunk.body;
}

struct Reading {
    std::vector<Chunk> chunks;
    Result<> ended;
};

Result<std::string> read_body(io::Window& body) {
    std::string text;
    while (true) {
        const auto bytes = body.unread();
        text.append(bytes.data(), bytes.size());
        body.consume(bytes.size());
        const auto fill = body.more();
        if (!fill) return std::unexpected(fill.error());
        if (*fill == Fill::limit) return text;
        if (*fill == Fill::end) return peer_gone();
    }
}

Reading read_all(io::ByteSource source) {
    ChunkReader reader(std::move(source));
    Reading reading;
    while (true) {
        auto metadata = reader.next_metadata();
        if (!metadata) {
            reading.ended = std::unexpected(metadata.error());
            return reading;
        }
        if (!*metadata) return reading;
        auto body = read_body(reader.body());
        if (!body) {
            reading.ended = std::unexpected(body.error());
            return reading;
        }
        reading.chunks.push_back({**metadata, *body});
    }
}

Error error_of(const std::string& bytes) {
    const Reading reading = read_all(in_pieces(bytes, 1'000));
    REQUIRE_FALSE(reading.ended);
    return reading.ended.error();
}

}  // namespace

TEST_CASE("chunk header: the form that Splunk writes, and white space around the numbers") {
    for (const std::string_view line : {"chunked 1.0,12,345", "chunked 1.0, 12 ,\t345",
                                        "chunked  1.0 ,12,345\r", "chunked\t1.0,0012,345 "}) {
        CAPTURE(line);
        const auto header = scp::parse_chunk_header(line);
        REQUIRE(header);
        CHECK(header->metadata_length == 12);
        CHECK(header->body_length == 345);
    }
}

TEST_CASE("chunk header: the error describes the damage") {
    const std::vector<std::pair<std::string, std::string>> damaged = {
        {"", "does not begin with"},
        {"Chunked 1.0,1,2", "does not begin with"},
        {"chunked1.0,1,2", "version is not 1.0"},
        {"chunked 2.0,1,2", "version is not 1.0"},
        {"chunked 1,1,2", "version is not 1.0"},
        {"chunked 1.0", "two lengths"},
        {"chunked 1.0,1", "two lengths"},
        {"chunked 1.0,1,2,3", "two lengths"},
        {"chunked 1.0,,2", "not a whole number"},
        {"chunked 1.0,1,", "not a whole number"},
        {"chunked 1.0,-1,2", "not a whole number"},
        {"chunked 1.0,+1,2", "not a whole number"},
        {"chunked 1.0,1.5,2", "not a whole number"},
        {"chunked 1.0,0x1,2", "not a whole number"},
        {"chunked 1.0,1 2,2", "not a whole number"},
        {"chunked 1.0,1,99999999999999999999", "too large"},
        {"chunked 1.0,18446744073709551615,1", "too large"},
    };
    for (const auto& [line, why] : damaged) {
        CAPTURE(line);
        const auto header = scp::parse_chunk_header(line);
        REQUIRE_FALSE(header);
        CHECK(header.error().text.contains(why));
        CHECK(header.error().text.contains("chunked 1.0,<metadata length>,<body length>"));
    }
}

TEST_CASE("chunk reader: frames are read unchanged, cut at every byte") {
    const std::vector<Chunk> chunks = {{"{\"action\":\"getinfo\"}", ""},
                                       {"", "no,metadata\n"},
                                       {"", ""},
                                       {"{}", "a,b\nchunked 1.0,1,1\n"},
                                       {"{\"finished\":true}", ""}};
    std::string bytes;
    for (const Chunk& chunk : chunks) bytes += frame(chunk);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        const Reading reading = read_all(cut_at(bytes, cut));
        CHECK(reading.ended);
        CHECK(reading.chunks == chunks);
    }
    CHECK(read_all(in_pieces(bytes, 1)).chunks == chunks);
}

TEST_CASE("chunk reader: an input that ends anywhere inside a chunk means that the peer has gone") {
    const std::string bytes = frame({"{\"action\":\"getinfo\"}", "body"});
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        CAPTURE(size);
        const Error error = error_of(bytes.substr(0, size));
        CHECK(error.kind == Error::Kind::gone);
    }
    const Reading none = read_all(in_pieces("", 1));
    CHECK(none.ended);
    CHECK(none.chunks.empty());
}

TEST_CASE("chunk reader: a body that the caller does not read is skipped") {
    const std::string bytes = frame({"1", std::string(300'000, 'x')}) + frame({"2", "abc"});
    ChunkReader reader(in_pieces(bytes, 4'096));
    CHECK(*reader.next_metadata().value() == "1");
    CHECK(*reader.next_metadata().value() == "2");
    CHECK_FALSE(reader.next_metadata().value());
}

TEST_CASE("chunk reader: garbage is refused before its line ends") {
    for (const std::string_view garbage : {"hello", "x", "chunkee", "{\"action\":\"getinfo\"}"}) {
        CAPTURE(garbage);
        const Error error = error_of(std::string(garbage));
        CHECK(error.kind == Error::Kind::failed);
        CHECK(error.text.contains("does not begin with"));
    }
    CHECK(error_of("chunked " + std::string(1'000, '1')).text.contains("does not end"));
}

TEST_CASE("chunk reader: a bad header is shown without its unprintable bytes") {
    const Error error = error_of("chunked \x1b[31m\xff,1\n");
    CHECK(error.text.contains("\"chunked .[31m\xff,1\""));
}

TEST_CASE(
    "chunk reader: the error for metadata above the limit names the limit, and no memory is used") {
    ChunkReader reader(in_pieces("chunked 1.0,1000000000000,5\n{", 1'000));
    const auto metadata = reader.next_metadata();
    REQUIRE_FALSE(metadata);
    CHECK(metadata.error().text.contains("16 MiB"));
    CHECK(metadata.error().text.contains("1000000000000 bytes"));
    CHECK(reader.bytes_to_come() == 1'000'000'000'004);
}

TEST_CASE("chunk reader: metadata of exactly the limit is read") {
    const Chunk large{std::string(scp::k_metadata_cap, ' '), ""};
    CHECK(read_all(in_pieces(frame(large), 1'000'000)).chunks == std::vector{large});
}

TEST_CASE("chunk reader: after a malformed frame there is no limit on the bytes to come") {
    ChunkReader reader(in_pieces("chunked 1.0,x,5\n12345", 1'000));
    CHECK_FALSE(reader.next_metadata());
    CHECK(reader.bytes_to_come() > 1'000'000'000);
    CHECK_FALSE(reader.saw_legacy_protocol());
}

TEST_CASE("chunk reader: Splunk's legacy protocol is recognised, cut at every byte") {
    const std::string bytes = "splunkVersion:8.2.1\nallowStream:1\n\n_time,_raw\n";
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
        ChunkReader reader(cut_at(bytes, cut));
        const auto metadata = reader.next_metadata();
        REQUIRE_FALSE(metadata);
        CHECK(reader.saw_legacy_protocol());
        CHECK(metadata.error().text.contains("set chunked = true"));
    }
}
