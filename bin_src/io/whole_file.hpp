#pragma once

#include <cstddef>
#include <string>

#include "result.hpp"

namespace cloudhijack::io {

/// All bytes of a regular file of at most `most` bytes, which must be a whole number of MiB. The
/// error begins with the path.
Result<std::string> read_whole_file(const std::string& path, std::size_t most);

}  // namespace cloudhijack::io
