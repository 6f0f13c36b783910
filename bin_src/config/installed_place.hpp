#pragma once

#include <filesystem>
#include <string>

#include "result.hpp"

namespace cloudhijack::config {

/// What the system says of where the running program is. An empty text says nothing.
struct PlaceSources {
    /// A link to the program: /proc/self/exe. It is not there in a chroot or a container without
    /// /proc.
    std::string link;
    /// The path that the kernel started: absolute, or relative to the current directory.
    std::string started;
    /// The program's own name, argv[0]: a path, or the name of a file in a folder of `search_path`.
    std::string name;
    std::string search_path;  ///< PATH: folders separated by colons
};

/// Those of this process. They hold while it has not changed its directory.
PlaceSources sources_of_process();

/// The running program's file, without links on the way to it, by the first source that leads to
/// one. The error says why the link, which is the best source, cannot be read.
Result<std::filesystem::path> find_program(const PlaceSources& sources);

}  // namespace cloudhijack::config
