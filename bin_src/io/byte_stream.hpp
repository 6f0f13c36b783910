#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "result.hpp"

namespace cloudhijack::io {

/// Fills the front of the buffer (never empty) and returns how many bytes; 0 is the end of input.
using ByteSource = std::move_only_function<Result<std::size_t>(std::span<char>)>;

/// The bytes, which must outlive what is returned.
ByteSource read_from_memory(std::string_view bytes);

/// Writes all the bytes. Error::Kind::gone where the reader has closed its end.
using ByteSink = std::move_only_function<Result<>(std::string_view)>;

}  // namespace cloudhijack::io
