#pragma once

#include "config/setup.hpp"
#include "io/byte_stream.hpp"
#include "result.hpp"
#include "search/confinement.hpp"

namespace cloudhijack::search {

struct SearchStreams {
    io::ByteSource requests;
    /// The same input, for the bytes that Splunk still writes after a reply that ends the search
    /// early. It ends when nothing arrives for a while, so that the two sides do not wait for each
    /// other.
    io::ByteSource leftovers;
    io::ByteSink replies;
};

/// Answers one search over Splunk's chunked protocol, from getinfo to the last execute or the end
/// of the input. Errors in the search are reported in a reply; the returned error is one that could
/// not be reported there.
Result<> run_search_command(const config::Setup& setup, SearchStreams streams,
                            const Confinement& confinement = {});

}  // namespace cloudhijack::search
