#pragma once

#include <string>
#include <vector>

namespace cloudhijack::sandbox {

/// What a process may still do with files. Descriptors that are already open stay as they are.
struct FileRights {
    /// Files to open for reading, and folders with everything beneath them. A path to a symbolic
    /// link means its target.
    std::vector<std::string> readable = {};
    /// A folder in which files may be renamed, replaced and removed; empty if there is none.
    std::string completed_in = {};
    /// A folder in which files may be created and written as well; empty if there is none.
    std::string created_in = {};
};

/// Restricts the calling thread, and the threads that it starts, to these rights with Landlock.
/// Pipes and other files without a place in a file system are not restricted. Returns whether the
/// kernel did so; kernels before 5.13, and some containers, do not. The process must have set
/// no_new_privs.
bool restrict_files(const FileRights& rights);

}  // namespace cloudhijack::sandbox
