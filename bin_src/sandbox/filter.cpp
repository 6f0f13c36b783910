#include "sandbox/filter.hpp"

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <bit>
#include <cerrno>
#include <cstddef>

namespace cloudhijack::sandbox {
namespace {

static_assert(std::endian::native == std::endian::little);  // the order of an argument's halves

constexpr std::uint32_t k_first_x32_number = 0x40000000;  // they have this bit

/// Instructions of a filter that are being collected. The accumulator holds the number of the call
/// between the blocks that the functions append.
class FilterProgram {
  public:
    void load_number() { load(offsetof(seccomp_data, nr)); }

    void refuse_other_machines(Machine machine) {
        load(offsetof(seccomp_data, arch));
        jump(BPF_JEQ, machine == Machine::x86_64 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64, 1, 0);
        end_with(SECCOMP_RET_TRAP);
        load_number();
        // The number in place of a call that a tracer skips, such as strace; the kernel ignores it.
        end_for(-1, SECCOMP_RET_ALLOW);
        if (machine != Machine::x86_64) return;
        jump(BPF_JSET, k_first_x32_number, 0, 1);
        end_with(SECCOMP_RET_TRAP);
    }

    // Ends with `result` if the call has the number.
    void end_for(int number, std::uint32_t result) {
        jump(BPF_JEQ, static_cast<std::uint32_t>(number), 0, 1);
        end_with(result);
    }

    // Ends with permission if the call has the number, and `test`, a kind of jump, holds for the
    // lower half of an argument.
    void allow_if(int number, std::uint32_t argument, std::uint16_t test, std::uint32_t value,
                  bool holds) {
        jump(BPF_JEQ, static_cast<std::uint32_t>(number), 0, 4);
        load(offsetof(seccomp_data, args) + (argument * sizeof(std::uint64_t)));
        jump(test, value, holds ? 0 : 1, holds ? 1 : 0);
        end_with(SECCOMP_RET_ALLOW);
        load_number();
    }

    void end_with(std::uint32_t result) { add(BPF_RET | BPF_K, result); }

    std::vector<sock_filter> finish() && { return std::move(program_); }

  private:
    void load(std::size_t offset) {
        add(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
    }

    // `if_true` and `if_false` are the numbers of instructions to pass over.
    void jump(std::uint16_t test, std::uint32_t value, std::uint8_t if_true,
              std::uint8_t if_false) {
        program_.push_back({.code = static_cast<std::uint16_t>(BPF_JMP | BPF_K | test),
                            .jt = if_true,
                            .jf = if_false,
                            .k = value});
    }

    void add(std::uint16_t code, std::uint32_t value) {
        program_.push_back({.code = code, .jt = 0, .jf = 0, .k = value});
    }

    std::vector<sock_filter> program_;
};

void add_call(FilterProgram& program, int number, const ArgumentRule& rule, pid_t process) {
    const auto allow_if = [&](std::uint16_t test, std::uint32_t value, bool holds) {
        program.allow_if(number, rule.argument, test, value, holds);
    };
    switch (rule.kind) {
        case ArgumentTest::none:
            return program.end_for(number, SECCOMP_RET_ALLOW);
        case ArgumentTest::absent:
            return program.end_for(number, SECCOMP_RET_ERRNO | ENOSYS);
        case ArgumentTest::has_no_bit:
            return allow_if(BPF_JSET, rule.value, false);
        case ArgumentTest::has_bit:
            return allow_if(BPF_JSET, rule.value, true);
        case ArgumentTest::equals:
            return allow_if(BPF_JEQ, rule.value, true);
        case ArgumentTest::own_process:
            return allow_if(BPF_JEQ, static_cast<std::uint32_t>(process), true);
    }
}

}  // namespace

std::vector<sock_filter> make_filter(Machine machine, Profile profile, pid_t process) {
    FilterProgram program;
    program.refuse_other_machines(machine);
    for (const SystemCall& call : system_calls()) {
        const int number = call.number(machine);
        if (number < 0 || !is_allowed(call, profile)) continue;
        add_call(program, number, call.rule, process);
    }
    program.end_with(SECCOMP_RET_TRAP);
    return std::move(program).finish();
}

}  // namespace cloudhijack::sandbox
