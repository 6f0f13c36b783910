#pragma once

#include <string>
#include <string_view>

#include "io/byte_stream.hpp"
#include "result.hpp"

namespace cloudhijack::scp {

/// A reply frame without a body, for a reply that is prepared before it may be needed.
std::string frame_of(std::string_view metadata);

/// Writes one reply frame.
Result<> write_chunk(io::ByteSink& sink, std::string_view metadata, std::string_view body = {});

/// Whether write_chunk has begun a frame and not completed it. A signal handler may ask.
bool has_open_frame() noexcept;

/// Writes an error of Splunk's legacy protocol: a CSV with the single column ERROR.
Result<> write_legacy_protocol_error(io::ByteSink& sink, std::string_view text);

}  // namespace cloudhijack::scp
