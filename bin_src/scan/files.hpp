#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "result.hpp"
#include "scan/time_range.hpp"

namespace cloudhijack::scan {

/// A file to scan.
struct File {
    std::string path;        ///< `-` is standard input
    std::uint64_t size = 0;  ///< bytes on disk; 0 for a pipe
    bool named = true;       ///< by the user, as opposed to found in a folder
    bool is_pipe = false;    ///< or anything else on standard input that has no size
};

/// The name of a path in messages.
std::string shown_name(const std::string& path);

/// The files that a list of paths leads to.
struct FileList {
    std::vector<File> files;            ///< those of a folder are in byte order of their names
    std::vector<std::string> links;     ///< symbolic links in folders, which can lead anywhere
    std::vector<std::string> skipped;   ///< messages about paths that are skipped: not errors
    std::vector<std::string> problems;  ///< messages about paths that cannot be read
    std::size_t unopened =
        0;  ///< files removed because their names show that nothing in them counts
};

/// Lists files, including those in folders at any depth. Sockets, devices, pipes inside folders,
/// and anything that was listed already (links in a circle, a file named twice) are skipped with a
/// message.
FileList list_files(const std::vector<std::string>& paths);

/// An error if the output would replace one of the files, under any name.
Result<> check_output(const std::string& output, std::span<const File> files);

/// Removes the files whose names show that all their events are outside the range (file_times.hpp).
/// Those that the user named get a message.
void leave_unopened(const TimeRange& range, FileList& list);

}  // namespace cloudhijack::scan
