#pragma once

#include <atomic>

namespace cloudhijack::io {

/// A request to read no further. A signal handler can make it, and it wakes readers that wait for a
/// pipe.
class StopRequest {
  public:
    /// Without a descriptor, if the system has none left, a waiting reader sees the request only
    /// when bytes come.
    StopRequest();
    StopRequest(const StopRequest&) = delete;
    StopRequest& operator=(const StopRequest&) = delete;
    StopRequest(StopRequest&&) = delete;
    StopRequest& operator=(StopRequest&&) = delete;
    ~StopRequest();

    /// The reason is not 0, and the first one stays: true if this is it. Async-signal-safe.
    bool make(int reason) noexcept;

    /// 0: nobody has asked.
    [[nodiscard]] int reason() const noexcept { return reason_.load(std::memory_order_relaxed); }

    /// Readable from the request on; -1 if there is none.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  private:
    static_assert(std::atomic<int>::is_always_lock_free);

    std::atomic<int> reason_ = 0;
    int descriptor_ = -1;
};

}  // namespace cloudhijack::io
