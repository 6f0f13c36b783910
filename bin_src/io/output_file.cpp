#include "io/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "io/file_descriptor.hpp"

namespace cloudhijack::io {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> not_written(const std::string& path, int error_number) {
    return failure(path + ": cannot be written: " + std::generic_category().message(error_number));
}

// A file beside the path gets the path's permissions, or those of a new file.
void set_permissions(int descriptor, const std::string& path) {
    struct stat old{};
    if (::stat(path.c_str(), &old) == 0) {
        ::fchmod(descriptor, old.st_mode & 0777U);
        return;
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(descriptor, 0666U & ~mask);
}

// The file that a chain of symbolic links leads to, so that the links stay.
std::string link_target(const std::string& path) {
    std::error_code error;
    const fs::path target = fs::weakly_canonical(path, error);
    return error ? path : target.string();
}

}  // namespace

Result<OutputFile> OutputFile::open(const std::string& path) {
    if (path.empty()) return OutputFile({}, {}, STDOUT_FILENO);
    struct stat status{};
    const bool exists = ::stat(path.c_str(), &status) == 0;
    if (exists && S_ISDIR(status.st_mode)) return failure(path + ": is a folder; name a file");
    if (exists && !S_ISREG(status.st_mode)) {
        const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (descriptor < 0) return not_written(path, errno);
        return OutputFile(path, {}, descriptor);
    }
    if (exists && ::access(path.c_str(), W_OK) != 0) return not_written(path, errno);
    const std::string target = link_target(path);
    std::string part = target + ".XXXXXX";
    const int descriptor = ::mkostemp(part.data(), O_CLOEXEC);
    if (descriptor < 0) return not_written(path, errno);
    set_permissions(descriptor, target);
    return OutputFile(target, std::move(part), descriptor);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      part_(std::exchange(other.part_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
    if (descriptor_ > STDOUT_FILENO) ::close(descriptor_);
    if (!part_.empty()) ::unlink(part_.c_str());
}

Result<> OutputFile::write(std::string_view bytes) {
    auto written = write_to(descriptor_)(bytes);
    if (!written && !path_.empty() && written.error().kind == Error::Kind::failed) {
        return failure(path_ + ": " + written.error().text);
    }
    return written;
}

std::string OutputFile::folder() const { return part_.empty() ? "" : folder_for(path_); }

std::string OutputFile::folder_for(const std::string& path) {
    const fs::path folder = fs::path(link_target(path)).parent_path();
    return folder.empty() ? "." : folder.string();
}

Result<> OutputFile::finish() {
    if (part_.empty()) return {};
    // After a crash of the machine there is the old file or the whole new one.
    if (::fsync(descriptor_) != 0 && errno != EINVAL && errno != ENOTSUP) {
        return not_written(path_, errno);
    }
    if (::close(std::exchange(descriptor_, -1)) != 0) return not_written(path_, errno);
    if (std::rename(part_.c_str(), path_.c_str()) != 0) return not_written(path_, errno);
    part_.clear();
    return {};
}

}  // namespace cloudhijack::io
