#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string_view>

#include "result.hpp"

namespace cloudhijack::io {

/// Fills the front of the buffer, which is never empty, and returns the number of bytes; 0 means
/// the end of the input.
using ByteSource = std::move_only_function<Result<std::size_t>(std::span<char>)>;

/// A source that yields the given bytes, which must outlive it.
ByteSource read_from_memory(std::string_view bytes);

/// Writes all the bytes. The error is Error::Kind::gone if the reader has closed its end.
using ByteSink = std::move_only_function<Result<>(std::string_view)>;

}  // namespace cloudhijack::io
