#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "result.hpp"

namespace cloudhijack::scan {

/// A file to scan.
struct File {
    std::string path;        ///< `-` is standard input
    std::uint64_t size = 0;  ///< bytes on disk; 0 where that says nothing
    bool named = true;       ///< by the user, and not found in a folder
    bool is_pipe = false;    ///< or another thing that is not a file on a disk, and has no size
};

/// A path as messages name it.
std::string shown_name(const std::string& path);

/// What a list of paths comes to.
struct FileList {
    std::vector<File> files;            ///< those of one folder in byte order of their names
    std::vector<std::string> skipped;   ///< what is not read, and why: not an error
    std::vector<std::string> problems;  ///< what cannot be read, and why
};

/// Files, and those in folders at any depth. Sockets, devices, pipes inside folders, and whatever
/// was listed already (links that lead in a circle, a file named twice) are skipped with a word.
FileList list_files(const std::vector<std::string>& paths);

}  // namespace cloudhijack::scan
