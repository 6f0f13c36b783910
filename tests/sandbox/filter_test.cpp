#include "sandbox/filter.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "sandbox/generic_numbers.hpp"

using namespace cloudhijack;
using namespace cloudhijack::sandbox;

namespace {

constexpr int k_process = 4711;
constexpr int k_beyond_all_numbers = 2048;

// The kernel's interpreter, for the instructions that filters consist of. It also checks what the
// kernel checks before it accepts a program.
std::uint32_t run_filter(std::span<const sock_filter> program, const seccomp_data& call) {
    std::uint32_t accumulator = 0;
    for (std::size_t at = 0; at < program.size(); ++at) {
        const sock_filter& instruction = program[at];
        const auto skip = [&](bool holds) { at += holds ? instruction.jt : instruction.jf; };
        switch (instruction.code) {
            case BPF_LD | BPF_W | BPF_ABS:
                REQUIRE(instruction.k % 4 == 0);
                REQUIRE(instruction.k < sizeof(call));
                std::memcpy(&accumulator, reinterpret_cast<const char*>(&call) + instruction.k, 4);
                break;
            case BPF_JMP | BPF_K | BPF_JEQ:
                skip(accumulator == instruction.k);
                break;
            case BPF_JMP | BPF_K | BPF_JSET:
                skip((accumulator & instruction.k) != 0);
                break;
            case BPF_RET | BPF_K:
                return instruction.k;
            default:
                FAIL("unknown instruction " << instruction.code);
        }
    }
    FAIL("the program does not end");
    return 0;
}

constexpr std::uint32_t architecture_of(Machine machine) {
    return machine == Machine::x86_64 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64;
}

/// A filter, and the calls that it is asked about.
class Filter {
  public:
    Filter(Machine machine, Profile profile)
        : machine_(machine), program_(make_filter(machine, profile, k_process)) {}

    [[nodiscard]] std::uint32_t verdict(int number, std::vector<std::uint64_t> arguments = {},
                                        std::uint32_t architecture = 0) const {
        seccomp_data call{};
        call.nr = number;
        call.arch = architecture == 0 ? architecture_of(machine_) : architecture;
        std::ranges::copy(arguments, call.args);
        return run_filter(program_, call);
    }

    [[nodiscard]] bool allows(int number, std::vector<std::uint64_t> arguments = {}) const {
        return verdict(number, std::move(arguments)) == SECCOMP_RET_ALLOW;
    }

    // The numbers for which the filter has another verdict than a refusal, if the arguments are
    // such that each condition holds.
    [[nodiscard]] std::vector<int> known_numbers() const {
        std::vector<int> known;
        for (int number = 0; number < k_beyond_all_numbers; ++number) {
            const bool refused = verdict(number, {k_process, 0, 0}) == SECCOMP_RET_TRAP &&
                                 verdict(number, {0, F_GETFL, 0}) == SECCOMP_RET_TRAP &&
                                 verdict(number, {0x10000, 0x5401, 0}) == SECCOMP_RET_TRAP;
            if (!refused) known.push_back(number);
        }
        return known;
    }

    [[nodiscard]] std::size_t size() const { return program_.size(); }

  private:
    Machine machine_;
    std::vector<sock_filter> program_;
};

std::vector<int> sorted(std::vector<int> numbers, std::vector<int> more = {}) {
    numbers.insert(numbers.end(), more.begin(), more.end());
    std::ranges::sort(numbers);
    return numbers;
}

#ifdef __x86_64__
std::vector<int> x86_search_calls() {
    return {SYS_read,
            SYS_write,
            SYS_readv,
            SYS_writev,
            SYS_poll,
            SYS_ppoll,
            SYS_close,
            SYS_lseek,
            SYS_mmap,
            SYS_mprotect,
            SYS_munmap,
            SYS_mremap,
            SYS_brk,
            SYS_madvise,
            SYS_clock_gettime,
            SYS_gettimeofday,
            SYS_time,
            SYS_nanosleep,
            SYS_clock_nanosleep,
            SYS_futex,
            SYS_sched_yield,
            SYS_rt_sigreturn,
            SYS_rt_sigprocmask,
            SYS_sigaltstack,
            SYS_getrandom,
            SYS_getpid,
            SYS_gettid,
            SYS_tgkill,
            SYS_restart_syscall,
            SYS_exit,
            SYS_exit_group};
}

std::vector<int> x86_scan_calls() {
    return {SYS_open,
            SYS_openat,
            SYS_fstat,
            SYS_stat,
            SYS_lstat,
            SYS_newfstatat,
            SYS_statx,
            SYS_access,
            SYS_faccessat,
            SYS_faccessat2,
            SYS_readlink,
            SYS_readlinkat,
            SYS_getcwd,
            SYS_getdents64,
            SYS_fcntl,
            SYS_fadvise64,
            SYS_ioctl,
            SYS_clone,
            SYS_clone3,
            SYS_set_robust_list,
            SYS_rseq,
            SYS_rt_sigaction,
            SYS_sched_getaffinity};
}

std::vector<int> x86_output_calls() {
    return {SYS_fchmod,   SYS_umask,     SYS_fsync,  SYS_rename,
            SYS_renameat, SYS_renameat2, SYS_unlink, SYS_unlinkat};
}
#endif

}  // namespace

TEST_CASE("filter: on aarch64 it allows the calls of its profile and no others") {
    const auto search = generic_search_calls();
    CHECK(Filter(Machine::aarch64, Profile::search).known_numbers() == sorted(search));
    const auto scan = sorted(search, generic_scan_calls());
    CHECK(Filter(Machine::aarch64, Profile::scan).known_numbers() == scan);
    CHECK(Filter(Machine::aarch64, Profile::scan_to_file).known_numbers() ==
          sorted(scan, generic_output_calls()));
}

#ifdef __x86_64__
TEST_CASE("filter: on x86-64 it allows the calls of its profile and no others") {
    const auto search = x86_search_calls();
    CHECK(Filter(Machine::x86_64, Profile::search).known_numbers() == sorted(search));
    const auto scan = sorted(search, x86_scan_calls());
    CHECK(Filter(Machine::x86_64, Profile::scan).known_numbers() == scan);
    CHECK(Filter(Machine::x86_64, Profile::scan_to_file).known_numbers() ==
          sorted(scan, x86_output_calls()));
}
#endif

TEST_CASE("filter: conditions on arguments") {
    for (const Machine machine : {Machine::x86_64, Machine::aarch64}) {
        std::map<std::string, int, std::less<>> number;
        for (const SystemCall& call : system_calls()) {
            number[std::string(call.name)] = call.number(machine);
        }
        const Filter search(machine, Profile::search);
        const Filter scan(machine, Profile::scan);
        for (const Filter* filter : {&search, &scan}) {
            for (const char* name : {"mmap", "mprotect"}) {
                CHECK(filter->allows(number[name], {0, 4096, PROT_READ | PROT_WRITE}));
                CHECK_FALSE(filter->allows(number[name], {0, 4096, PROT_EXEC}));
                CHECK_FALSE(filter->allows(number[name], {0, 4096, PROT_READ | PROT_EXEC}));
            }
            CHECK(filter->allows(number["tgkill"], {k_process, 1, 6}));
            CHECK_FALSE(filter->allows(number["tgkill"], {k_process - 1, 1, 6}));
        }
        CHECK_FALSE(search.allows(number["clone"], {0x10000}));
        CHECK(scan.allows(number["clone"], {0x3d0f00}));         // as glibc starts a thread
        CHECK_FALSE(scan.allows(number["clone"], {0x1200011}));  // as glibc forks
        CHECK(search.verdict(number["clone3"]) == SECCOMP_RET_TRAP);
        CHECK(scan.verdict(number["clone3"]) == (SECCOMP_RET_ERRNO | ENOSYS));
        CHECK(scan.allows(number["ioctl"], {2, 0x5413}));
        CHECK_FALSE(scan.allows(number["ioctl"], {0, 0x5412}));  // TIOCSTI types into a terminal
        CHECK_FALSE(search.allows(number["ioctl"], {2, 0x5413}));
        const Filter scan_to_file(machine, Profile::scan_to_file);
        for (const unsigned flags : {0U | O_WRONLY, 0U | O_RDWR, 0U | O_CREAT, 0U | O_TRUNC}) {
            CHECK_FALSE(scan.allows(number["openat"], {0, 0, flags}));
            CHECK(scan_to_file.allows(number["openat"], {0, 0, flags}));
        }
        CHECK(scan.allows(number["openat"], {0, 0, O_RDONLY | O_CLOEXEC}));
        CHECK(scan.allows(number["fcntl"], {0, F_DUPFD_CLOEXEC}));
        for (const unsigned sends_signals : {0U | F_SETFL, 0U | F_SETOWN, 0U | F_SETSIG}) {
            CHECK_FALSE(scan.allows(number["fcntl"], {0, sends_signals}));
        }
        // A filter compares 32 bits, so the other half of an argument must not matter.
        CHECK_FALSE(scan.allows(number["mmap"], {0, 4096, 0xFFFFFFFF00000004}));
    }
}

TEST_CASE("filter: calls of another architecture and of x32") {
    const Filter filter(Machine::x86_64, Profile::scan);
    CHECK(filter.allows(0));
    CHECK(filter.verdict(0, {}, AUDIT_ARCH_I386) == SECCOMP_RET_TRAP);
    CHECK(filter.verdict(0, {}, AUDIT_ARCH_AARCH64) == SECCOMP_RET_TRAP);
    CHECK(filter.verdict(0x40000000) == SECCOMP_RET_TRAP);
    CHECK(filter.verdict(-1) == SECCOMP_RET_ALLOW);  // what a tracer leaves of a skipped call
    const Filter arm(Machine::aarch64, Profile::scan);
    CHECK(arm.verdict(63, {}, AUDIT_ARCH_ARM) == SECCOMP_RET_TRAP);
    CHECK(arm.verdict(63) == SECCOMP_RET_ALLOW);
}

TEST_CASE("filter: a program fits what kernels accept") {
    for (const Machine machine : {Machine::x86_64, Machine::aarch64}) {
        for (const auto profile : {Profile::search, Profile::scan, Profile::scan_to_file}) {
            CHECK(Filter(machine, profile).size() < BPF_MAXINSNS);
        }
    }
}

TEST_CASE("filter: the table names each number once, apart from further conditions") {
    for (const Machine machine : {Machine::x86_64, Machine::aarch64}) {
        std::map<int, std::string_view> names;
        for (const SystemCall& call : system_calls()) {
            if (call.number(machine) < 0) continue;
            const auto [entry, is_new] = names.emplace(call.number(machine), call.name);
            CHECK(entry->second == call.name);
        }
        CHECK(names.size() > 90);
    }
}
