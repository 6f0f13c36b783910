#pragma once

#include <array>
#include <csignal>
#include <string>

#include "io/stop_request.hpp"

namespace cloudhijack::scan {

/// While it lives, the first signal that asks the process to end (SIGINT, SIGTERM, SIGHUP) makes
/// the request instead, with the signal's number as its reason. Another one ends the process at
/// once, by that signal. One that follows within a tenth of a second is the same one: `timeout` and
/// others send theirs to a process and to its group. A signal that the process ignores, as under
/// nohup, stays ignored.
class StopSignals {
  public:
    /// The request must outlive it. There is one at a time.
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

/// `SIGINT`
std::string signal_name(int number);

}  // namespace cloudhijack::scan
