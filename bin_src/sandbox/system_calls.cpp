#include "sandbox/system_calls.hpp"

namespace cloudhijack::sandbox {
namespace {

// The values are those of <sys/mman.h>, <linux/sched.h> and <asm-generic/ioctls.h>, which are the
// same on both machines.
constexpr ArgumentRule k_not_executable{
    .kind = ArgumentTest::has_no_bit, .argument = 2, .value = 0x4};  // PROT_EXEC
constexpr ArgumentRule k_thread{
    .kind = ArgumentTest::has_bit, .argument = 0, .value = 0x10000};  // CLONE_THREAD
constexpr ArgumentRule k_own_process{.kind = ArgumentTest::own_process, .argument = 0};
// glibc then starts threads with clone, whose flags a filter can see.
constexpr ArgumentRule k_absent{.kind = ArgumentTest::absent};

// Flags of <asm-generic/fcntl.h> that change a file: O_WRONLY, O_RDWR, O_CREAT, O_TRUNC.
constexpr ArgumentRule only_reads(std::uint32_t argument) {
    return {
        .kind = ArgumentTest::has_no_bit, .argument = argument, .value = 0x1 | 0x2 | 0x40 | 0x200};
}

constexpr ArgumentRule command(std::uint32_t value) {
    return {.kind = ArgumentTest::equals, .argument = 1, .value = value};
}

constexpr auto k_always = Profile::search;
constexpr auto k_scan = Profile::scan;
constexpr auto k_to_file = Profile::scan_to_file;

// A line of the table below; -1 stands for a call that a machine does not have.
constexpr SystemCall entry(std::string_view name, int x86_64, int aarch64,
                           std::optional<Profile> allowed = {}, ArgumentRule rule = {}) {
    return {.name = name, .x86_64 = x86_64, .aarch64 = aarch64, .allowed = allowed, .rule = rule};
}

// A filter compares the number of a call with one entry after the other, so frequent calls come
// first.
constexpr std::array k_system_calls = {
    // Open descriptors.
    entry("read", 0, 63, k_always),
    entry("write", 1, 64, k_always),
    entry("readv", 19, 65, k_always),
    entry("writev", 20, 66, k_always),
    entry("poll", 7, -1, k_always),
    entry("ppoll", 271, 73, k_always),
    entry("close", 3, 57, k_always),
    entry("lseek", 8, 62, k_always),
    // Memory, but none that can be executed.
    entry("mmap", 9, 222, k_always, k_not_executable),
    entry("mprotect", 10, 226, k_always, k_not_executable),
    entry("munmap", 11, 215, k_always),
    entry("mremap", 25, 216, k_always),
    entry("brk", 12, 214, k_always),
    entry("madvise", 28, 233, k_always),
    // Time. On most machines these are not system calls: the kernel maps code for them.
    entry("clock_gettime", 228, 113, k_always),
    entry("gettimeofday", 96, 169, k_always),
    entry("time", 201, -1, k_always),
    entry("nanosleep", 35, 101, k_always),
    entry("clock_nanosleep", 230, 115, k_always),
    // Locks, signals, the seeds of hash tables, and the ways to end. abort() sends itself a signal.
    entry("futex", 202, 98, k_always),
    entry("sched_yield", 24, 124, k_always),
    entry("rt_sigreturn", 15, 139, k_always),
    entry("rt_sigprocmask", 14, 135, k_always),
    entry("sigaltstack", 131, 132, k_always),
    entry("restart_syscall", 219, 128, k_always),
    entry("getrandom", 318, 278, k_always),
    entry("getpid", 39, 172, k_always),
    entry("gettid", 186, 178, k_always),
    entry("tgkill", 234, 131, k_always, k_own_process),
    entry("exit", 60, 93, k_always),
    entry("exit_group", 231, 94, k_always),
    // Files, within the limits of Landlock.
    entry("open", 2, -1, k_scan, only_reads(1)),
    entry("openat", 257, 56, k_scan, only_reads(2)),
    entry("fstat", 5, 80, k_scan),
    entry("stat", 4, -1, k_scan),
    entry("lstat", 6, -1, k_scan),
    entry("newfstatat", 262, 79, k_scan),
    entry("statx", 332, 291, k_scan),
    entry("access", 21, -1, k_scan),
    entry("faccessat", 269, 48, k_scan),
    entry("faccessat2", 439, 439, k_scan),
    entry("readlink", 89, -1, k_scan),
    entry("readlinkat", 267, 78, k_scan),
    entry("getcwd", 79, 17, k_scan),
    entry("getdents64", 217, 61, k_scan),
    entry("fcntl", 72, 25, k_scan, command(1)),     // F_GETFD
    entry("fcntl", 72, 25, k_scan, command(2)),     // F_SETFD
    entry("fcntl", 72, 25, k_scan, command(3)),     // F_GETFL
    entry("fcntl", 72, 25, k_scan, command(1030)),  // F_DUPFD_CLOEXEC
    entry("fcntl", 72, 25, k_scan, command(1031)),  // F_SETPIPE_SZ
    entry("fadvise64", 221, 223, k_scan),
    entry("ioctl", 16, 29, k_scan, command(0x5401)),      // TCGETS: is it a terminal?
    entry("ioctl", 16, 29, k_scan, command(0x802c542a)),  // TCGETS2, of later C libraries
    entry("ioctl", 16, 29, k_scan, command(0x5413)),      // TIOCGWINSZ
    // The output file, which replaces an older one once it is complete.
    entry("open", 2, -1, k_to_file),
    entry("openat", 257, 56, k_to_file),
    entry("fchmod", 91, 52, k_to_file),
    entry("umask", 95, 166, k_to_file),
    entry("fsync", 74, 82, k_to_file),
    entry("rename", 82, -1, k_to_file),
    entry("renameat", 264, 38, k_to_file),
    entry("renameat2", 316, 276, k_to_file),
    entry("unlink", 87, -1, k_to_file),
    entry("unlinkat", 263, 35, k_to_file),
    // Threads, and the signals that stop a scan.
    entry("clone", 56, 220, k_scan, k_thread),
    entry("clone3", 435, 435, k_scan, k_absent),
    entry("set_robust_list", 273, 99, k_scan),
    entry("rseq", 334, 293, k_scan),
    entry("sched_getaffinity", 204, 123, k_scan),
    entry("rt_sigaction", 13, 134, k_scan),

    // The rest is refused; a message names it.
    entry("socket", 41, 198),
    entry("socketpair", 53, 199),
    entry("bind", 49, 200),
    entry("listen", 50, 201),
    entry("accept", 43, 202),
    entry("accept4", 288, 242),
    entry("connect", 42, 203),
    entry("sendto", 44, 206),
    entry("sendmsg", 46, 211),
    entry("fork", 57, -1),
    entry("vfork", 58, -1),
    entry("execve", 59, 221),
    entry("execveat", 322, 281),
    entry("ptrace", 101, 117),
    entry("process_vm_readv", 310, 270),
    entry("process_vm_writev", 311, 271),
    entry("kill", 62, 129),
    entry("tkill", 200, 130),
    entry("bpf", 321, 280),
    entry("io_uring_setup", 425, 425),
    entry("io_uring_enter", 426, 426),
    entry("userfaultfd", 323, 282),
    entry("perf_event_open", 298, 241),
    entry("memfd_create", 319, 279),
    entry("pkey_mprotect", 329, 288),
    entry("mount", 165, 40),
    entry("unshare", 272, 97),
    entry("setns", 308, 268),
    entry("chroot", 161, 51),
    entry("keyctl", 250, 219),
    entry("personality", 135, 92),
    entry("prctl", 157, 167),
    entry("seccomp", 317, 277),
    entry("prlimit64", 302, 261),
    entry("openat2", 437, 437),
    entry("creat", 85, -1),
    entry("truncate", 76, 45),
    entry("ftruncate", 77, 46),
    entry("mkdir", 83, -1),
    entry("mkdirat", 258, 34),
    entry("chmod", 90, -1),
    entry("fchmodat", 268, 53),
    entry("symlink", 88, -1),
    entry("symlinkat", 266, 36),
    entry("link", 86, -1),
    entry("linkat", 265, 37),
    entry("pipe", 22, -1),
    entry("pipe2", 293, 59),
    entry("dup", 32, 23),
    entry("dup2", 33, -1),
    entry("dup3", 292, 24),
};

}  // namespace

std::span<const SystemCall> system_calls() { return k_system_calls; }

}  // namespace cloudhijack::sandbox
