#include "sandbox/generic_numbers.hpp"

// The numbers of system calls on aarch64, which this header has on each machine. It must not meet
// <sys/syscall.h>, which defines the same names.
#define __ARCH_WANT_NEW_STAT    // NOLINT(bugprone-reserved-identifier)
#define __ARCH_WANT_RENAMEAT    // NOLINT(bugprone-reserved-identifier)
#define __ARCH_WANT_SYS_CLONE3  // NOLINT(bugprone-reserved-identifier)
#include <asm-generic/unistd.h>

std::vector<int> generic_search_calls() {
    return {__NR_read,           __NR_write,           __NR_readv,         __NR_writev,
            __NR_ppoll,          __NR_close,           __NR_lseek,         __NR_mmap,
            __NR_mprotect,       __NR_munmap,          __NR_mremap,        __NR_brk,
            __NR_madvise,        __NR_gettimeofday,    __NR_clock_gettime, __NR_nanosleep,
            __NR_futex,          __NR_clock_nanosleep, __NR_sched_yield,   __NR_rt_sigreturn,
            __NR_rt_sigprocmask, __NR_sigaltstack,     __NR_getrandom,     __NR_restart_syscall,
            __NR_getpid,         __NR_gettid,          __NR_tgkill,        __NR_exit,
            __NR_exit_group};
}

std::vector<int> generic_scan_calls() {
    return {__NR_openat,
            __NR_fstat,
            __NR_newfstatat,
            __NR_statx,
            __NR_faccessat,
            __NR_faccessat2,
            __NR_readlinkat,
            __NR_getcwd,
            __NR_getdents64,
            __NR_fcntl,
            __NR_fadvise64,
            __NR_ioctl,
            __NR_clone,
            __NR_clone3,
            __NR_set_robust_list,
            __NR_rseq,
            __NR_sched_getaffinity,
            __NR_rt_sigaction};
}

std::vector<int> generic_output_calls() {
    return {__NR_fchmod, __NR_umask, __NR_fsync, __NR_renameat, __NR_renameat2, __NR_unlinkat};
}
