#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cloudhijack::sandbox {

/// The machines whose kernels a filter can be made for.
enum class Machine : std::uint8_t { x86_64, aarch64 };

/// The machine that this program was built for.
#if defined(__x86_64__)
inline constexpr Machine k_own_machine = Machine::x86_64;
#elif defined(__aarch64__)
inline constexpr Machine k_own_machine = Machine::aarch64;
#else
#error "sandbox/system_calls.cpp has the numbers of system calls for x86-64 and aarch64 alone"
#endif

/// What a process does, which decides about the system calls that it needs.
enum class Profile : std::uint8_t {
    search,        ///< reads and writes open descriptors
    scan,          ///< opens files for reading, too, and starts threads; for `merge` as well
    scan_to_file,  ///< completes an output file, too
};

/// How an argument of an allowed call is tested.
enum class ArgumentTest : std::uint8_t {
    none,
    has_no_bit,   ///< the argument has none of the bits of the rule's value
    has_bit,      ///< the argument has a bit of the value
    equals,       ///< the lower 32 bits of the argument are the value
    own_process,  ///< the argument is the number of this process
    absent,       ///< the call fails as if the kernel did not have it
};

/// What an argument of an allowed call must be.
struct ArgumentRule {
    ArgumentTest kind = ArgumentTest::none;
    std::uint32_t argument = 0;  ///< counted from 0
    std::uint32_t value = 0;
};

/// A system call that the filter knows by its name. If several entries have the same number, the
/// call is allowed if one of them allows it.
struct SystemCall {
    std::string_view name;
    int x86_64 = -1;   ///< its number; -1 if this kind of machine does not have it
    int aarch64 = -1;  ///< the same
    /// The first profile that may make the call, as the later ones may; nullopt for none.
    std::optional<Profile> allowed = {};
    ArgumentRule rule = {};

    [[nodiscard]] constexpr int number(Machine machine) const {
        return machine == Machine::x86_64 ? x86_64 : aarch64;
    }
};

/// All system calls that the filter knows by name: those that are allowed, and well-known ones that
/// are not, which a message can name. Any other call is refused.
std::span<const SystemCall> system_calls();

/// Whether a process of the profile may make the call, apart from the call's rule.
constexpr bool is_allowed(const SystemCall& call, Profile profile) {
    return call.allowed && *call.allowed <= profile;
}

}  // namespace cloudhijack::sandbox
