#include "io/stop_request.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace cloudhijack::io {

StopRequest::StopRequest() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (descriptor_ < 0 || descriptor_ > STDERR_FILENO) return;
    // If a standard stream is closed, the new descriptor can have its number. Nothing must mistake
    // it for that stream, so a higher number replaces it.
    const int higher = ::fcntl(descriptor_, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    ::close(descriptor_);
    descriptor_ = higher;
}

StopRequest::~StopRequest() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

bool StopRequest::make(int reason) noexcept {
    int none = 0;
    if (!reason_.compare_exchange_strong(none, reason)) return false;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(descriptor_, &one, sizeof one);
    return true;
}

}  // namespace cloudhijack::io
