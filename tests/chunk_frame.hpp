#pragma once

#include <string>

namespace cloudhijack {

/// One chunk of Splunk's protocol, as splunkd writes it.
inline std::string chunk_frame(const std::string& metadata, const std::string& body = "") {
    return "chunked 1.0," + std::to_string(metadata.size()) + ',' + std::to_string(body.size()) +
           '\n' + metadata + body;
}

}  // namespace cloudhijack
