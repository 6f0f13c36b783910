#pragma once

#include "config/setup.hpp"
#include "io/byte_stream.hpp"
#include "result.hpp"

namespace cloudhijack::search {

struct SearchStreams {
    io::ByteSource requests;
    /// The same input, for what Splunk still writes after a reply that ends the search early; it
    /// ends where nothing comes, so that nobody waits for the other.
    io::ByteSource leftovers;
    io::ByteSink replies;
};

/// Answers one search over Splunk's chunked protocol, from getinfo to the last execute or to the
/// end of the input. What is wrong with the search is told in a reply; the error is one that could
/// not be told so.
Result<> run_search_command(const config::Setup& setup, SearchStreams streams);

}  // namespace cloudhijack::search
