#pragma once

#include <string>
#include <string_view>

#include "result.hpp"

namespace cloudhijack::io {

/// Standard output, or a file that appears under its name only once it is complete. The process
/// must ignore SIGPIPE.
class OutputFile {
  public:
    /// Opens a file beside `path`, which later replaces it; standard output if the path is empty. A
    /// path to something that cannot be replaced, such as a pipe or a device, is written directly.
    /// The error names the path.
    static Result<OutputFile> open(const std::string& path);

    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    OutputFile(OutputFile&& other) noexcept;
    OutputFile& operator=(OutputFile&&) = delete;
    /// Removes the file beside the path unless finish() has renamed it.
    ~OutputFile();

    /// Writes all bytes. The error is Error::Kind::gone if the reader has closed its end.
    Result<> write(std::string_view bytes);

    /// The folder in which finish() renames a file; empty if it renames none.
    [[nodiscard]] std::string folder() const;

    /// The folder in which open() makes a file for `path`, and finish() renames it; that of the
    /// path itself if it is written directly.
    static std::string folder_for(const std::string& path);

    /// Gives the complete file its name. The error names the path; an older file is then still
    /// there.
    Result<> finish();

  private:
    OutputFile(std::string path, std::string part, int descriptor)
        : path_(std::move(path)), part_(std::move(part)), descriptor_(descriptor) {}

    std::string path_;  ///< empty for standard output
    std::string part_;  ///< the file beside it; empty if the path is written directly
    int descriptor_;
};

}  // namespace cloudhijack::io
