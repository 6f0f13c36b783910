#include "io/whole_file.hpp"

#include <fcntl.h>

#include <cerrno>
#include <filesystem>
#include <span>
#include <system_error>

#include "io/file_descriptor.hpp"
#include "text/number.hpp"

namespace cloudhijack::io {

Result<std::string> read_whole_file(const std::string& path, std::size_t most) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return failure(path + ": cannot be read: " + error.message());
    // Not a stream of the standard library, which would take a lack of memory for an unreadable
    // file.
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.number() < 0) {
        return failure(path + ": cannot be read: " + std::generic_category().message(errno));
    }
    if (size > most)
        return failure(path + ": is larger than " + text::in_mebibytes(most) +
                       ", which is the limit");
    std::string bytes(static_cast<std::size_t>(size) + 1, '\0');
    ByteSource source = read_from(file.number());
    std::size_t end = 0;
    while (end < bytes.size()) {
        const auto count = source(std::span(bytes).subspan(end));
        if (!count) return failure(path + ": cannot be read to its end");
        if (*count == 0) break;
        end += *count;
    }
    if (end > size) return failure(path + ": grew while it was being read");
    bytes.resize(end);
    return bytes;
}

}  // namespace cloudhijack::io
