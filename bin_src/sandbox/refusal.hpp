#pragma once

#include <string_view>

namespace cloudhijack::sandbox {

/// The message about a refused system call, around the call's number and name, such as `41
/// (socket)`.
inline constexpr std::string_view k_refused_before = "the sandbox refused the system call ";
inline constexpr std::string_view k_refused_after =
    ", which cloudhijack does not need; this is a defect of the program or an attack: report it as "
    "SECURITY.md describes";

/// What a process does when the kernel has refused a system call.
struct RefusalHandling {
    int exit_code = 1;
    /// Is called after the message was written to standard error; can be null. `call` is the number
    /// and the name. It runs in a signal handler and must be async-signal-safe.
    void (*report)(std::string_view call) = nullptr;
};

/// Makes SIGSYS, which the kernel sends for a refused call, end the process with a message.
void handle_refusals(const RefusalHandling& handling);

/// Writes bytes to a descriptor, as far as possible; async-signal-safe.
void write_all(int descriptor, std::string_view bytes);

}  // namespace cloudhijack::sandbox
