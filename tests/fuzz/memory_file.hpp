#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "must.hpp"

namespace cloudhijack {

/// A file in memory, for readers that open a path.
class MemoryFile {
  public:
    explicit MemoryFile(std::string_view content) : descriptor_(memfd_create("fuzz", 0)) {
        must(descriptor_ >= 0, "no file in memory can be made");
        const auto written = write(descriptor_, content.data(), content.size());
        must(written == static_cast<ssize_t>(content.size()), "a file in memory is too short");
    }
    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;
    MemoryFile(MemoryFile&&) = delete;
    MemoryFile& operator=(MemoryFile&&) = delete;
    ~MemoryFile() { close(descriptor_); }

    [[nodiscard]] std::string path() const {
        return "/proc/self/fd/" + std::to_string(descriptor_);
    }

  private:
    int descriptor_;
};

}  // namespace cloudhijack
