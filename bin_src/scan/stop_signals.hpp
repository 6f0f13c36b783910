#pragma once

#include <array>
#include <csignal>
#include <string>

#include "io/stop_request.hpp"

namespace cloudhijack::scan {

/// While this object exists, the first signal that asks the process to end (SIGINT, SIGTERM,
/// SIGHUP) makes the request instead, with the signal's number as its reason. A second signal ends
/// the process at once, by that signal. The same signal within a tenth of a second counts as the
/// first one: `timeout` and other programs send theirs to a process and to its group. A signal that
/// the process ignores, as under nohup, stays ignored.
class StopSignals {
  public:
    /// The request must outlive the object. Only one may exist at a time.
    explicit StopSignals(io::StopRequest& request);
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    StopSignals(StopSignals&&) = delete;
    StopSignals& operator=(StopSignals&&) = delete;
    ~StopSignals();

  private:
    static constexpr std::array k_signals = {SIGINT, SIGTERM, SIGHUP};

    std::array<struct sigaction, k_signals.size()> before_{};
};

/// The name of a signal, such as `SIGINT`.
std::string signal_name(int number);

}  // namespace cloudhijack::scan
