#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// The bytes that base64 stands for (RFC 4648), in either alphabet, with or without its padding;
/// nullopt if it is none.
std::optional<std::string> decoded_base64(std::string_view text);

}  // namespace cloudhijack::text
