#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Decodes base64 (RFC 4648) in either alphabet, with or without padding; nullopt if the text is
/// not base64.
std::optional<std::string> decoded_base64(std::string_view text);

/// Encodes bytes as base64 in the standard alphabet, with padding.
std::string encoded_base64(std::string_view bytes);

}  // namespace cloudhijack::text
