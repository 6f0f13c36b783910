#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::scp {

/// The first line of a chunk, `chunked 1.0,<metadata length>,<body length>\n`, with lengths in
/// bytes.
struct ChunkHeader {
    std::uint64_t metadata_length = 0;
    std::uint64_t body_length = 0;
};

/// Parses a header line without its newline. White space is allowed around the numbers.
Result<ChunkHeader> parse_chunk_header(std::string_view line);

/// Reads the frames of Splunk's chunked protocol: the metadata as a whole, the body through a
/// window.
class ChunkReader {
  public:
    explicit ChunkReader(io::ByteSource source);

    /// Skips the rest of the current body and reads the next header and metadata. nullopt at a
    /// regular end of the input; Error::Kind::gone if it ends inside a chunk. Any other error is
    /// for the user and ends the session.
    Result<std::optional<std::string>> next_metadata();

    /// The body of the chunk whose metadata was read last; its limit is the end of the body.
    io::Window& body() { return window_; }

    /// Whether bytes of the next chunk have been read already.
    [[nodiscard]] bool has_read_ahead() const { return window_.has_bytes_after_limit(); }

    /// Whether the first line was that of Splunk's legacy protocol (`splunkVersion:...`).
    [[nodiscard]] bool saw_legacy_protocol() const { return saw_legacy_protocol_; }

    /// After an error: the number of bytes of the current chunk that, by its header, have not
    /// arrived yet; k_no_limit if the header could not be read.
    [[nodiscard]] std::uint64_t bytes_to_come() const;

  private:
    Result<> skip_body();
    Result<std::optional<std::string>> read_header_line();
    Result<std::string> read_metadata(std::uint64_t length);

    io::Window window_;  ///< its limit is the rest of the current chunk
    bool saw_legacy_protocol_ = false;
};

}  // namespace cloudhijack::scp
