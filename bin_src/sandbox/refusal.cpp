#include "sandbox/refusal.hpp"

#include <linux/audit.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstddef>

#include "sandbox/system_calls.hpp"

namespace cloudhijack::sandbox {
namespace {

constexpr unsigned k_own_architecture =
    k_own_machine == Machine::x86_64 ? AUDIT_ARCH_X86_64 : AUDIT_ARCH_AARCH64;

constexpr int k_by_a_filter = 1;  // SYS_SECCOMP of <asm-generic/siginfo.h>

// A signal handler can only reach globals.
RefusalHandling refusal_handling;

/// A text in a fixed buffer, for a signal handler, which must not allocate memory.
class FixedText {
  public:
    FixedText& operator+=(std::string_view text) {
        const auto count = std::min(text.size(), buffer_.size() - size_);
        std::copy_n(text.begin(), count, buffer_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += count;
        return *this;
    }

    FixedText& operator+=(int number) {
        std::array<char, 16> digits{};
        const auto end = std::to_chars(digits.begin(), digits.end(), number).ptr;
        return *this +=
               std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data()));
    }

    [[nodiscard]] std::string_view view() const { return {buffer_.data(), size_}; }

  private:
    std::array<char, 512> buffer_{};
    std::size_t size_ = 0;
};

// The call as a text. The names in the table are those of this machine's calls.
FixedText text_of_call(const siginfo_t& info) {
    FixedText call;
    call += info.si_syscall;
    const bool is_own = info.si_arch == k_own_architecture;
    for (const SystemCall& known : system_calls()) {
        if (!is_own || info.si_syscall != known.number(k_own_machine)) continue;
        ((call += " (") += known.name) += ")";
        break;
    }
    return call;
}

extern "C" void take_refusal(int /*signal*/, siginfo_t* info, void* /*context*/) {
    if (info->si_code != k_by_a_filter) {
        write_all(STDERR_FILENO, "cloudhijack: ended by SIGSYS, which another process has sent\n");
        ::_exit(refusal_handling.exit_code);
    }
    const FixedText call = text_of_call(*info);
    FixedText line;
    ((((line += "cloudhijack: ") += k_refused_before) += call.view()) += k_refused_after) += "\n";
    write_all(STDERR_FILENO, line.view());
    if (refusal_handling.report != nullptr) refusal_handling.report(call.view());
    ::_exit(refusal_handling.exit_code);
}

}  // namespace

void handle_refusals(const RefusalHandling& handling) {
    refusal_handling = handling;
    struct sigaction action{};
    action.sa_sigaction = take_refusal;
    action.sa_flags = SA_SIGINFO;
    ::sigfillset(&action.sa_mask);
    ::sigaction(SIGSYS, &action, nullptr);
}

void write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            pollfd waiting{.fd = descriptor, .events = POLLOUT, .revents = 0};
            ::poll(&waiting, 1, /*timeout=*/-1);
        } else if (errno != EINTR) {
            return;
        }
    }
}

}  // namespace cloudhijack::sandbox
