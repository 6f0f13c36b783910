#include "io/whole_file.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "text/number.hpp"

namespace cloudhijack::io {

Result<std::string> read_whole_file(const std::string& path, std::size_t most) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto size = fs::file_size(path, error);
    if (error) return failure(path + ": cannot be read: " + error.message());
    std::ifstream file(path, std::ios::binary);
    if (!file) return failure(path + ": cannot be read");
    if (size > most)
        return failure(path + ": is larger than " + text::in_mebibytes(most) +
                       ", which is the limit");
    std::string bytes(static_cast<std::size_t>(size) + 1, '\0');
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (file.bad()) return failure(path + ": cannot be read to its end");
    if (std::cmp_greater(file.gcount(), size)) {
        return failure(path + ": grew while it was being read");
    }
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return bytes;
}

}  // namespace cloudhijack::io
