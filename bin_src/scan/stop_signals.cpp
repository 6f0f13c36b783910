#include "scan/stop_signals.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <ctime>

namespace cloudhijack::scan {
namespace {

constexpr std::int64_t k_same_signal = 100'000'000;  // nanoseconds

// A signal handler can only reach globals.
std::atomic<io::StopRequest*> asked_request = nullptr;
std::atomic<std::int64_t> asked_at = 0;

static_assert(std::atomic<io::StopRequest*>::is_always_lock_free);
static_assert(std::atomic<std::int64_t>::is_always_lock_free);

std::int64_t nanoseconds_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return (std::int64_t{now.tv_sec} * 1'000'000'000) + now.tv_nsec;
}

extern "C" void take_stop_signal(int number) {
    const int error = errno;
    io::StopRequest* request = asked_request;
    const std::int64_t now = nanoseconds_now();
    if (request != nullptr && request->reason() == 0) {
        asked_at = now;
        request->make(number);
    } else if (request == nullptr || request->reason() != number ||
               now - asked_at > k_same_signal) {
        // The signal is blocked until the handler returns, and then ends the process.
        static_cast<void>(::signal(number, SIG_DFL));
        static_cast<void>(::raise(number));
    }
    errno = error;
}

}  // namespace

StopSignals::StopSignals(io::StopRequest& request) {
    asked_request = &request;
    struct sigaction action{};
    action.sa_handler = take_stop_signal;
    action.sa_flags = SA_RESTART;  // writes are restarted; readers wait with poll
    ::sigemptyset(&action.sa_mask);
    for (const int number : k_signals) ::sigaddset(&action.sa_mask, number);
    for (std::size_t i = 0; i < k_signals.size(); ++i) {
        ::sigaction(k_signals[i], nullptr, &before_[i]);
        if (before_[i].sa_handler == SIG_IGN) continue;
        ::sigaction(k_signals[i], &action, nullptr);
    }
}

StopSignals::~StopSignals() {
    for (std::size_t i = 0; i < k_signals.size(); ++i) {
        ::sigaction(k_signals[i], &before_[i], nullptr);
    }
    asked_request = nullptr;
}

std::string signal_name(int number) {
    switch (number) {
        case SIGINT:
            return "SIGINT";
        case SIGTERM:
            return "SIGTERM";
        case SIGHUP:
            return "SIGHUP";
        default:
            return "signal " + std::to_string(number);
    }
}

}  // namespace cloudhijack::scan
