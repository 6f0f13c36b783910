#include "scan/confinement.hpp"

#include <algorithm>
#include <iterator>

#include "output/shell.hpp"
#include "sandbox/sandbox.hpp"

namespace cloudhijack::scan {

void confine(const sandbox::FileRights& rights) {
    const bool writes = !rights.completed_in.empty() || !rights.created_in.empty();
    const auto profile = writes ? sandbox::Profile::scan_to_file : sandbox::Profile::scan;
    sandbox::give_up_privileges(profile);
    if (sandbox::k_is_built_in) static_cast<void>(sandbox::restrict_files(rights));
    // A kernel without filters is not reported: the answer is the same, and the process has no more
    // rights than the person who started it and reads its messages.
    [[maybe_unused]] const auto given_up =
        sandbox::give_up_system_calls(profile, {.exit_code = output::k_exit_error});
}

std::vector<std::string> named_files(const std::vector<std::string>& paths) {
    std::vector<std::string> files;
    std::ranges::copy_if(paths, std::back_inserter(files),
                         [](const std::string& path) { return path != "-"; });
    return files;
}

}  // namespace cloudhijack::scan
