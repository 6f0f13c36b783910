#pragma once

#include <string>

#include "io/stop_request.hpp"
#include "output/shell.hpp"
#include "scan/stop_signals.hpp"

namespace cloudhijack::scan {

/// The request to stop, which signals make while this object exists, and its consequences.
class Interruption {
  public:
    [[nodiscard]] const io::StopRequest& request() const { return request_; }
    [[nodiscard]] bool came() const { return request_.reason() != 0; }
    /// For messages: `stopped by SIGINT`.
    [[nodiscard]] std::string text() const {
        return "stopped by " + signal_name(request_.reason());
    }
    /// The exit code that a shell gives for a process ended by the signal.
    [[nodiscard]] int exit_code() const { return output::k_exit_signal + request_.reason(); }

  private:
    io::StopRequest request_;
    StopSignals signals_{request_};
};

}  // namespace cloudhijack::scan
