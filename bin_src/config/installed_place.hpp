#pragma once

#include <filesystem>
#include <string>

#include "result.hpp"

namespace cloudhijack::config {

/// The system's information about the location of the running program. A text is empty if it is
/// unknown.
struct PlaceSources {
    /// A link to the program: /proc/self/exe. It does not exist in a chroot or a container without
    /// /proc.
    std::string link;
    /// The path that the kernel started: absolute, or relative to the current directory.
    std::string started;
    /// The program's own name, argv[0]: a path, or the name of a file in a folder of `search_path`.
    std::string name;
    std::string search_path;  ///< PATH: folders separated by colons
};

/// The sources of this process. They are valid as long as it does not change its current directory.
PlaceSources sources_of_process();

/// The file of the running program, with links resolved, from the first source that leads to a
/// file. The error says why the link, which is the best source, cannot be read.
Result<std::filesystem::path> find_program(const PlaceSources& sources);

}  // namespace cloudhijack::config
