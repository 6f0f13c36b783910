#include "sandbox/sandbox.hpp"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

#include "sandbox/filter.hpp"

namespace cloudhijack::sandbox {

void limit_memory(std::uint64_t bytes) {
    rlimit now{};
    if (!k_is_built_in || bytes == 0 || ::getrlimit(RLIMIT_AS, &now) != 0) return;
    const rlim_t limit = std::min({static_cast<rlim_t>(bytes), now.rlim_cur, now.rlim_max});
    const rlimit lower{.rlim_cur = limit, .rlim_max = limit};
    ::setrlimit(RLIMIT_AS, &lower);
}

void give_up_privileges(Profile profile) {
    if (!k_is_built_in) return;
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // The limit does not hold if the system pipes dumps to a program; this does.
    if (profile == Profile::search) ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

Result<> give_up_system_calls(Profile profile, const RefusalHandling& handling) {
    if (!k_is_built_in) return failure("this build has no sandbox");
    std::vector<sock_filter> instructions = make_filter(k_own_machine, profile, ::getpid());
    const sock_fprog program{.len = static_cast<unsigned short>(instructions.size()),
                             .filter = instructions.data()};
    handle_refusals(handling);
    if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
        return failure(std::generic_category().message(errno));
    }
    return {};
}

}  // namespace cloudhijack::sandbox
