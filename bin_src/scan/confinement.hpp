#pragma once

#include <string>
#include <vector>

#include "sandbox/landlock.hpp"

namespace cloudhijack::scan {

/// Gives up what a scan or a merge does not need while it reads files: most system calls, among
/// them all that open connections or start programs, and the files that `rights` does not name. A
/// kernel may not be able to take away one or the other; then the process keeps it.
void confine(const sandbox::FileRights& rights);

/// The paths that a user has named as inputs, without standard input.
std::vector<std::string> named_files(const std::vector<std::string>& paths);

}  // namespace cloudhijack::scan
