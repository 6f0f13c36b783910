#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "detect/volume_activity.hpp"
#include "scan/files.hpp"

namespace cloudhijack::scan {

/// What became of one file.
struct FileOutcome {
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;           ///< records among them that were left out
    std::uint64_t first_unreadable_at = 0;  ///< the byte, unpacked, where the first of these begins
    std::string first_reason;
    std::optional<std::string> error;  ///< why the file was not read to its end
    bool begins_as_json = true;        ///< with { or [, or it is empty
    bool is_other_file = false;  ///< found in a folder and no JSON: passed over, which is no error
};

/// How far a scan has come; written by its threads, read by whoever shows it.
struct ScanProgress {
    std::atomic<std::uint64_t> bytes = 0;  ///< read from disk
    std::atomic<std::uint64_t> records = 0;
};

/// Reads files on several threads into one activity. The result does not depend on how many.
class Scanner {
  public:
    Scanner(const detect::Catalogue& catalogue, std::chrono::seconds span)
        : catalogue_(&catalogue), span_(span), activity_(catalogue, span) {}

    /// Reads all files and returns what became of each, in their order.
    std::vector<FileOutcome> run(std::span<const File> files, unsigned threads);

    [[nodiscard]] const ScanProgress& progress() const { return progress_; }

    /// Rows so far, or in the end. May be called from another thread during run().
    [[nodiscard]] std::size_t finding_count(const detect::VolumeRules& rules) const;

    /// What was counted; not during run().
    [[nodiscard]] const detect::VolumeActivity& activity() const { return activity_; }

  private:
    friend class ScanThread;

    const detect::Catalogue* catalogue_;
    std::chrono::seconds span_;
    ScanProgress progress_;
    mutable std::mutex mutex_;  ///< of activity_
    detect::VolumeActivity activity_;
};

}  // namespace cloudhijack::scan
