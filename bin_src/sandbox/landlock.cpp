#include "sandbox/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "io/file_descriptor.hpp"

namespace cloudhijack::sandbox {
namespace {

// <linux/landlock.h> of Debian 12 does not have the later ones of these. The numbers of the calls
// are the same on all machines.
constexpr long k_create_ruleset = 444;
constexpr long k_add_rule = 445;
constexpr long k_restrict_self = 446;
constexpr unsigned k_ask_version = 1;
constexpr int k_rule_path_beneath = 1;

constexpr std::uint64_t k_write_file = 1U << 1;
constexpr std::uint64_t k_read_file = 1U << 2;
constexpr std::uint64_t k_read_folder = 1U << 3;
constexpr std::uint64_t k_remove_file = 1U << 5;
constexpr std::uint64_t k_make_file = 1U << 8;

/// What the rules are about: everything that is listed here and that no rule allows is refused. A
/// kernel reads as much of it as it knows.
struct RulesetAttributes {
    std::uint64_t files = 0;
    std::uint64_t network = 0;
    std::uint64_t scoped = 0;
};

// The rights that a version of Landlock knows: the first 13 since version 1, and one more since
// each of the versions 2 (links and renames to other folders), 3 (truncation) and 5 (ioctl of
// devices). Version 4 added TCP, version 6 signals and abstract sockets of other processes.
RulesetAttributes everything_in(long version) {
    RulesetAttributes all{.files = (1U << 13) - 1};
    if (version >= 2) all.files |= 1U << 13;
    if (version >= 3) all.files |= 1U << 14;
    if (version >= 4) all.network = 0b11;
    if (version >= 5) all.files |= 1U << 15;
    if (version >= 6) all.scoped = 0b11;
    return all;
}

std::size_t size_in(long version) {
    const std::size_t parts = version >= 6 ? 3 : version >= 4 ? 2 : 1;
    return parts * sizeof(std::uint64_t);
}

struct [[gnu::packed]] PathRule {
    std::uint64_t allowed = 0;
    std::int32_t parent = -1;
};

// Allows something beneath a path. False if that failed although the path is there, so that the
// rules would forbid too much.
bool allow(const io::Descriptor& ruleset, const std::string& path, std::uint64_t rights) {
    const io::Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (place.number() < 0) return errno != EMFILE && errno != ENFILE && errno != ENOMEM;
    struct stat status{};
    if (::fstat(place.number(), &status) != 0) return false;
    // The kernel accepts only rights that make sense for a file.
    if (!S_ISDIR(status.st_mode)) rights &= k_read_file | k_write_file;
    const PathRule rule{.allowed = rights, .parent = place.number()};
    // EBADFD: a pipe, for example, which needs no rule.
    return ::syscall(k_add_rule, ruleset.number(), k_rule_path_beneath, &rule, 0U) == 0 ||
           errno == EBADFD;
}

}  // namespace

bool restrict_files(const FileRights& rights) {
    const long version = ::syscall(k_create_ruleset, nullptr, std::size_t{0}, k_ask_version);
    if (version < 1) return false;
    const RulesetAttributes all = everything_in(version);
    const io::Descriptor ruleset(
        static_cast<int>(::syscall(k_create_ruleset, &all, size_in(version), 0U)));
    if (ruleset.number() < 0) return false;
    for (const std::string& path : rights.readable) {
        if (!allow(ruleset, path, k_read_file | k_read_folder)) return false;
    }
    constexpr std::uint64_t complete = k_remove_file | k_make_file;
    if (!rights.completed_in.empty() && !allow(ruleset, rights.completed_in, complete)) {
        return false;
    }
    if (!rights.created_in.empty() &&
        !allow(ruleset, rights.created_in, complete | k_read_file | k_write_file)) {
        return false;
    }
    return ::syscall(k_restrict_self, ruleset.number(), 0U) == 0;
}

}  // namespace cloudhijack::sandbox
