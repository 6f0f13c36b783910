#pragma once

#include <linux/filter.h>
#include <sys/types.h>

#include <vector>

#include "sandbox/system_calls.hpp"

namespace cloudhijack::sandbox {

/// The program of a seccomp filter: it allows the profile's system calls, and the kernel sends
/// SIGSYS for any other. It also refuses calls of another architecture, and those with the numbers
/// of x32. `process` is the number of the process to which the filter belongs.
std::vector<sock_filter> make_filter(Machine machine, Profile profile, pid_t process);

}  // namespace cloudhijack::sandbox
