#include "search/confinement.hpp"

#include <unistd.h>

#include "io/file_descriptor.hpp"
#include "sandbox/sandbox.hpp"
#include "search/refused_call.hpp"

namespace cloudhijack::search {
namespace {

std::string give_up_rights() {
    constexpr auto profile = sandbox::Profile::search;
    prepare_reply_to_refusal(sandbox::k_refused_before, sandbox::k_refused_after);
    sandbox::give_up_privileges(profile);
    const auto given_up = sandbox::give_up_system_calls(
        profile, {.exit_code = k_search_failed, .report = reply_to_refusal});
    if (given_up) return {};
    return "no seccomp filter confines this search (" + given_up.error().text +
           "), so it kept the rights of its user; see docs/how-it-runs.md";
}

}  // namespace

Confinement confine_process(std::uint64_t memory_limit) {
    sandbox::limit_memory(memory_limit);
    return {.memory_limit = memory_limit,
            .await_request = [] { return io::wait_for_bytes(STDIN_FILENO); },
            .enter = give_up_rights};
}

}  // namespace cloudhijack::search
