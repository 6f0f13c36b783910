#pragma once

#include <fcntl.h>
#include <unistd.h>

#include "scan/files.hpp"

namespace cloudhijack::scan {

/// An open file; standard input is not closed at the end.
class OpenFile {
  public:
    /// Opening a named pipe blocks until there is a writer, and a stop could not end that wait. So
    /// the pipe is opened without blocking: reading waits instead, and a stop ends that wait.
    OpenFile(const File& file, bool may_wait)
        : descriptor_(file.path == "-" ? STDIN_FILENO
                                       : ::open(file.path.c_str(),
                                                O_RDONLY | O_CLOEXEC |
                                                    (file.is_pipe && !may_wait ? O_NONBLOCK : 0))) {
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&&) = delete;
    OpenFile& operator=(OpenFile&&) = delete;
    ~OpenFile() {
        if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
    }

    /// Negative if the file could not be opened; errno says why.
    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

}  // namespace cloudhijack::scan
