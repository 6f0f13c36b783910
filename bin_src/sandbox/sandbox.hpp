#pragma once

#include <cstdint>

#include "result.hpp"
#include "sandbox/landlock.hpp"
#include "sandbox/refusal.hpp"
#include "sandbox/system_calls.hpp"

namespace cloudhijack::sandbox {

/// Whether this build has the sandbox. Builds with sanitizers do not: their run-time libraries need
/// other system calls and far more address space than the program does.
#ifdef CLOUDHIJACK_NO_SANDBOX
inline constexpr bool k_is_built_in = false;
#else
inline constexpr bool k_is_built_in = true;
#endif

/// Limits the address space of the process to `bytes`, for good; 0 sets no limit. A lower limit
/// that is already there stays.
void limit_memory(std::uint64_t bytes);

/// Gives up the right to gain privileges by starting programs, and dumps of the process's memory:
/// it holds the records that are read. A search also becomes unreadable for other processes of its
/// user.
void give_up_privileges(Profile profile);

/// Gives up all system calls but those of the profile, for the calling thread and those that it
/// starts, for good; see give_up_privileges, which must have been called. A refused call ends the
/// process as `handling` says. The error says why there is no filter; the process then has the
/// rights that it had.
Result<> give_up_system_calls(Profile profile, const RefusalHandling& handling);

}  // namespace cloudhijack::sandbox
