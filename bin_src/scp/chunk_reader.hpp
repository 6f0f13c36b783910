#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "io/window.hpp"
#include "result.hpp"

namespace cloudhijack::scp {

/// The first line of a chunk: `chunked 1.0,<metadata length>,<body length>\n`, lengths in bytes.
struct ChunkHeader {
    std::uint64_t metadata_length = 0;
    std::uint64_t body_length = 0;
};

/// Reads one header line without its newline. White space may stand around the numbers.
Result<ChunkHeader> parse_chunk_header(std::string_view line);

/// Reads the frames of Splunk's chunked protocol: the metadata whole, the body through a window.
class ChunkReader {
  public:
    explicit ChunkReader(io::ByteSource source);

    /// Skips what is left of the body at hand and reads the next header and metadata. nullopt at a
    /// clean end of input; Error::Kind::gone where it ends inside a chunk. Any other error is for
    /// the user, and ends the session.
    Result<std::optional<std::string>> next_metadata();

    /// The body of the chunk whose metadata came last; its limit is the body's end.
    io::Window& body() { return window_; }

    /// True where the first line was that of Splunk's old protocol (`splunkVersion:...`).
    [[nodiscard]] bool saw_legacy_protocol() const { return saw_legacy_protocol_; }

    /// After an error: how many bytes of the chunk at hand have not come yet by its header; no
    /// limit where the frame is lost.
    [[nodiscard]] std::uint64_t bytes_to_come() const;

  private:
    Result<> skip_body();
    Result<std::optional<std::string>> read_header_line();
    Result<std::string> read_metadata(std::uint64_t length);

    io::Window window_;  ///< its limit is what is left of the chunk at hand
    bool saw_legacy_protocol_ = false;
};

}  // namespace cloudhijack::scp
