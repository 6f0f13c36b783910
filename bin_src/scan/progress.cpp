#include "scan/progress.hpp"

#include <exception>
#include <iostream>

namespace cloudhijack::scan {
namespace {

constexpr std::chrono::milliseconds k_interval{500};
constexpr std::string_view k_clear_line = "\r\x1b[K";

std::string in_megabytes(std::uint64_t bytes) { return std::to_string(bytes / 1'000'000); }

}  // namespace

std::string progress_text(std::uint64_t bytes, std::uint64_t total_bytes, std::uint64_t events,
                          std::optional<std::size_t> findings,
                          std::chrono::duration<double> elapsed, std::uint64_t text_bytes) {
    std::string text = in_megabytes(bytes);
    if (bytes <= total_bytes && total_bytes > 0) text += " of " + in_megabytes(total_bytes);
    text += " MB";
    if (text_bytes > bytes) text += ", " + in_megabytes(text_bytes) + " MB unpacked";
    text += ", " + std::to_string(events) + " events";
    if (findings) {
        text += ", " + std::to_string(*findings) + (findings == 1 ? " finding" : " findings");
    }
    const bool tells_rate = bytes > 0 && bytes >= total_bytes / 100;
    if (tells_rate && bytes < total_bytes) {
        const double left =
            elapsed.count() * static_cast<double>(total_bytes - bytes) / static_cast<double>(bytes);
        text += ", " + std::to_string(static_cast<std::uint64_t>(left)) + " s left";
    }
    return text;
}

ProgressLine::ProgressLine(const Scanner& scanner, const config::Config& config,
                           std::uint64_t total_bytes)
    : scanner_(&scanner),
      config_(&config),
      total_bytes_(total_bytes),
      thread_([this](const std::stop_token& stopped) { run(stopped); }) {}

// If there is no memory for the progress line, only the line stops and the scan continues.
void ProgressLine::run(const std::stop_token& stopped) {
    try {
        show(stopped);
    } catch (const std::exception&) {
        std::cerr << '\n';
    }
}

// nullopt for other modes: scoring every principal twice a second would slow down hunt mode.
std::optional<std::size_t> ProgressLine::finding_count() const {
    return scanner_->look_at_activity(
        [this](const detect::Activity& activity) -> std::optional<std::size_t> {
            const auto* volume = std::get_if<detect::VolumeActivity>(&activity);
            if (volume == nullptr) return std::nullopt;
            return volume->findings(config_->volume).rows.size();
        });
}

void ProgressLine::show(const std::stop_token& stopped) {
    std::unique_lock lock(mutex_);
    bool shown = false;
    // wait_for() returns true only if the condition holds, which it never does: the stop token ends
    // the loop.
    while (!stop_.wait_for(lock, stopped, k_interval, [] { return false; }) &&
           !stopped.stop_requested()) {
        const ScanProgress& progress = scanner_->progress();
        std::cerr << k_clear_line
                  << progress_text(progress.bytes, total_bytes_, progress.records, finding_count(),
                                   std::chrono::steady_clock::now() - started_, progress.text_bytes)
                  << std::flush;
        shown = true;
    }
    if (shown) std::cerr << k_clear_line << std::flush;
}

}  // namespace cloudhijack::scan
