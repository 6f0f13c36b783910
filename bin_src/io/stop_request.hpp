#pragma once

#include <atomic>

namespace cloudhijack::io {

/// A request to stop reading. A signal handler can make it, and it wakes readers that wait for a
/// pipe.
class StopRequest {
  public:
    /// If the system has no descriptor left, the request works without one: a waiting reader then
    /// sees the request only when bytes arrive.
    StopRequest();
    StopRequest(const StopRequest&) = delete;
    StopRequest& operator=(const StopRequest&) = delete;
    StopRequest(StopRequest&&) = delete;
    StopRequest& operator=(StopRequest&&) = delete;
    ~StopRequest();

    /// Makes the request. `reason` must not be 0. Only the first reason is kept; returns true if it
    /// is this one. Async-signal-safe.
    bool make(int reason) noexcept;

    /// The reason of the first request; 0 if there is none.
    [[nodiscard]] int reason() const noexcept { return reason_.load(std::memory_order_relaxed); }

    /// A descriptor that becomes readable when the request is made; -1 if the system had none.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  private:
    static_assert(std::atomic<int>::is_always_lock_free);

    std::atomic<int> reason_ = 0;
    int descriptor_ = -1;
};

}  // namespace cloudhijack::io
