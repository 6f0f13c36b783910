#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "config/options.hpp"
#include "scan/scanner.hpp"

namespace cloudhijack::scan {

/// The text of the progress line: `120 of 400 MB, 900 MB unpacked, 1204033 events, 3 findings, 12 s
/// left`. `bytes` are the bytes of the files that have been used, `text_bytes` the bytes that they
/// unpack to, which are shown if they are more. `total_bytes` is 0 if it is unknown; `findings` is
/// nullopt if they are not counted before the end. The time left is shown only while the bytes
/// allow an estimate: not for the first hundredth of them, and not once all of them are used but
/// not all of their text.
std::string progress_text(std::uint64_t bytes, std::uint64_t total_bytes, std::uint64_t events,
                          std::optional<std::size_t> findings,
                          std::chrono::duration<double> elapsed, std::uint64_t text_bytes = 0);

/// A line on standard error that shows the progress of a scan, written by its own thread, until it
/// is destroyed.
class ProgressLine {
  public:
    /// The scanner and the config must outlive the line.
    ProgressLine(const Scanner& scanner, const config::Config& config, std::uint64_t total_bytes);

  private:
    void run(const std::stop_token& stopped);
    void show(const std::stop_token& stopped);
    [[nodiscard]] std::optional<std::size_t> finding_count() const;

    const Scanner* scanner_;
    const config::Config* config_;
    std::uint64_t total_bytes_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::mutex mutex_;
    std::condition_variable_any stop_;
    std::jthread thread_;  ///< the last member, as it uses the others
};

}  // namespace cloudhijack::scan
