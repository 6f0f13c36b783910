#include "sandbox/system_calls.hpp"

namespace cloudhijack::sandbox {
namespace {

// The values are those of <sys/mman.h>, <linux/sched.h> and <asm-generic/ioctls.h>, which are the
// same on both machines.
constexpr ArgumentRule k_not_executable{
    .kind = ArgumentTest::has_no_bit, .argument = 2, .value = 0x4};  // PROT_EXEC
constexpr ArgumentRule k_thread{
    .kind = ArgumentTest::has_bit, .argument = 0, .value = 0x10000};  // CLONE_THREAD
constexpr ArgumentRule k_is_terminal{
    .kind = ArgumentTest::equals, .argument = 1, .value = 0x5401};  // TCGETS
constexpr ArgumentRule k_is_terminal_of_later_libraries{
    .kind = ArgumentTest::equals, .argument = 1, .value = 0x802c542a};  // TCGETS2
constexpr ArgumentRule k_terminal_size{
    .kind = ArgumentTest::equals, .argument = 1, .value = 0x5413};  // TIOCGWINSZ
constexpr ArgumentRule k_own_process{.kind = ArgumentTest::own_process, .argument = 0};
// glibc then starts threads with clone, whose flags a filter can see.
constexpr ArgumentRule k_absent{.kind = ArgumentTest::absent};

constexpr auto k_always = Allowed::always;
constexpr auto k_scan = Allowed::scan;

// A filter compares the number of a call with one entry after the other, so frequent calls come
// first.
constexpr std::array k_system_calls = {
    // Open descriptors.
    SystemCall{"read", 0, 63, k_always},
    SystemCall{"write", 1, 64, k_always},
    SystemCall{"readv", 19, 65, k_always},
    SystemCall{"writev", 20, 66, k_always},
    SystemCall{"poll", 7, -1, k_always},
    SystemCall{"ppoll", 271, 73, k_always},
    SystemCall{"close", 3, 57, k_always},
    SystemCall{"lseek", 8, 62, k_always},
    // Memory, but none that can be executed.
    SystemCall{"mmap", 9, 222, k_always, k_not_executable},
    SystemCall{"mprotect", 10, 226, k_always, k_not_executable},
    SystemCall{"munmap", 11, 215, k_always},
    SystemCall{"mremap", 25, 216, k_always},
    SystemCall{"brk", 12, 214, k_always},
    SystemCall{"madvise", 28, 233, k_always},
    // Time. On most machines these are not system calls: the kernel maps code for them.
    SystemCall{"clock_gettime", 228, 113, k_always},
    SystemCall{"gettimeofday", 96, 169, k_always},
    SystemCall{"time", 201, -1, k_always},
    SystemCall{"nanosleep", 35, 101, k_always},
    SystemCall{"clock_nanosleep", 230, 115, k_always},
    // Locks, signals, the seeds of hash tables, and the ways to end. abort() sends itself a signal.
    SystemCall{"futex", 202, 98, k_always},
    SystemCall{"sched_yield", 24, 124, k_always},
    SystemCall{"rt_sigreturn", 15, 139, k_always},
    SystemCall{"rt_sigprocmask", 14, 135, k_always},
    SystemCall{"sigaltstack", 131, 132, k_always},
    SystemCall{"restart_syscall", 219, 128, k_always},
    SystemCall{"getrandom", 318, 278, k_always},
    SystemCall{"getpid", 39, 172, k_always},
    SystemCall{"gettid", 186, 178, k_always},
    SystemCall{"tgkill", 234, 131, k_always, k_own_process},
    SystemCall{"exit", 60, 93, k_always},
    SystemCall{"exit_group", 231, 94, k_always},
    // Files, within the limits of Landlock.
    SystemCall{"open", 2, -1, k_scan},
    SystemCall{"openat", 257, 56, k_scan},
    SystemCall{"fstat", 5, 80, k_scan},
    SystemCall{"stat", 4, -1, k_scan},
    SystemCall{"lstat", 6, -1, k_scan},
    SystemCall{"newfstatat", 262, 79, k_scan},
    SystemCall{"statx", 332, 291, k_scan},
    SystemCall{"access", 21, -1, k_scan},
    SystemCall{"faccessat", 269, 48, k_scan},
    SystemCall{"faccessat2", 439, 439, k_scan},
    SystemCall{"readlink", 89, -1, k_scan},
    SystemCall{"readlinkat", 267, 78, k_scan},
    SystemCall{"getcwd", 79, 17, k_scan},
    SystemCall{"getdents64", 217, 61, k_scan},
    SystemCall{"fcntl", 72, 25, k_scan},
    SystemCall{"fadvise64", 221, 223, k_scan},
    SystemCall{"ioctl", 16, 29, k_scan, k_is_terminal},
    SystemCall{"ioctl", 16, 29, k_scan, k_is_terminal_of_later_libraries},
    SystemCall{"ioctl", 16, 29, k_scan, k_terminal_size},
    // The output file, which replaces an older one once it is complete.
    SystemCall{"fchmod", 91, 52, k_scan},
    SystemCall{"umask", 95, 166, k_scan},
    SystemCall{"fsync", 74, 82, k_scan},
    SystemCall{"rename", 82, -1, k_scan},
    SystemCall{"renameat", 264, 38, k_scan},
    SystemCall{"renameat2", 316, 276, k_scan},
    SystemCall{"unlink", 87, -1, k_scan},
    SystemCall{"unlinkat", 263, 35, k_scan},
    // Threads, and the signals that stop a scan.
    SystemCall{"clone", 56, 220, k_scan, k_thread},
    SystemCall{"clone3", 435, 435, k_scan, k_absent},
    SystemCall{"set_robust_list", 273, 99, k_scan},
    SystemCall{"rseq", 334, 293, k_scan},
    SystemCall{"sched_getaffinity", 204, 123, k_scan},
    SystemCall{"rt_sigaction", 13, 134, k_scan},

    // The rest is refused; a message names it.
    SystemCall{"socket", 41, 198},
    SystemCall{"socketpair", 53, 199},
    SystemCall{"bind", 49, 200},
    SystemCall{"listen", 50, 201},
    SystemCall{"accept", 43, 202},
    SystemCall{"accept4", 288, 242},
    SystemCall{"connect", 42, 203},
    SystemCall{"sendto", 44, 206},
    SystemCall{"sendmsg", 46, 211},
    SystemCall{"fork", 57, -1},
    SystemCall{"vfork", 58, -1},
    SystemCall{"execve", 59, 221},
    SystemCall{"execveat", 322, 281},
    SystemCall{"ptrace", 101, 117},
    SystemCall{"process_vm_readv", 310, 270},
    SystemCall{"process_vm_writev", 311, 271},
    SystemCall{"kill", 62, 129},
    SystemCall{"tkill", 200, 130},
    SystemCall{"bpf", 321, 280},
    SystemCall{"io_uring_setup", 425, 425},
    SystemCall{"io_uring_enter", 426, 426},
    SystemCall{"userfaultfd", 323, 282},
    SystemCall{"perf_event_open", 298, 241},
    SystemCall{"memfd_create", 319, 279},
    SystemCall{"pkey_mprotect", 329, 288},
    SystemCall{"mount", 165, 40},
    SystemCall{"unshare", 272, 97},
    SystemCall{"setns", 308, 268},
    SystemCall{"chroot", 161, 51},
    SystemCall{"keyctl", 250, 219},
    SystemCall{"personality", 135, 92},
    SystemCall{"prctl", 157, 167},
    SystemCall{"seccomp", 317, 277},
    SystemCall{"prlimit64", 302, 261},
    SystemCall{"openat2", 437, 437},
    SystemCall{"creat", 85, -1},
    SystemCall{"truncate", 76, 45},
    SystemCall{"ftruncate", 77, 46},
    SystemCall{"mkdir", 83, -1},
    SystemCall{"mkdirat", 258, 34},
    SystemCall{"chmod", 90, -1},
    SystemCall{"fchmodat", 268, 53},
    SystemCall{"symlink", 88, -1},
    SystemCall{"symlinkat", 266, 36},
    SystemCall{"link", 86, -1},
    SystemCall{"linkat", 265, 37},
    SystemCall{"pipe", 22, -1},
    SystemCall{"pipe2", 293, 59},
    SystemCall{"dup", 32, 23},
    SystemCall{"dup2", 33, -1},
    SystemCall{"dup3", 292, 24},
};

}  // namespace

std::span<const SystemCall> system_calls() { return k_system_calls; }

}  // namespace cloudhijack::sandbox
