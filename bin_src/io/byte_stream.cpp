#include "io/byte_stream.hpp"

#include <algorithm>

namespace cloudhijack::io {

ByteSource read_from_memory(std::string_view bytes) {
    return [bytes](std::span<char> buffer) mutable -> Result<std::size_t> {
        const std::size_t count = std::min(buffer.size(), bytes.size());
        std::copy_n(bytes.data(), count, buffer.data());
        bytes.remove_prefix(count);
        return count;
    };
}

}  // namespace cloudhijack::io
