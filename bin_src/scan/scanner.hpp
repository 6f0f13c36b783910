#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "detect/activity.hpp"
#include "io/stop_request.hpp"
#include "log/call_filter.hpp"
#include "log/log_set.hpp"
#include "scan/files.hpp"

namespace cloudhijack::scan {

/// How far the reading of a file came.
enum class FileStage : std::uint8_t {
    waiting,  ///< not begun: the scan was stopped before
    stopped,  ///< in the middle of it
    done,     ///< at its end, or at what is wrong with it
};

/// What became of one file.
struct FileOutcome {
    FileStage stage = FileStage::waiting;
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;           ///< records among them that could not be read
    std::uint64_t lost_bytes = 0;           ///< of these, and of what is between records
    std::uint64_t relevant = 0;             ///< calls among them that the mode is about
    std::uint64_t failed = 0;               ///< calls among these that were refused
    std::uint64_t left_out = 0;             ///< calls among these that AWS made itself, and repeats
    std::uint64_t first_unreadable_at = 0;  ///< the byte, unpacked, where the first of these begins
    std::string first_reason;
    std::uint64_t unknown = 0;           ///< objects that are records of no log, and not in records
    std::uint64_t first_unknown_at = 0;  ///< the byte, unpacked, of the document it is in
    std::string first_unknown_keys;
    std::optional<std::string> error;  ///< why the file was not read to its end
    bool lacks_memory = false;         ///< it was not read, or not counted, to its end
    bool begins_as_json = true;        ///< with { or [, or it is empty
    [[nodiscard]] bool lost_something() const { return unreadable > 0 || lost_bytes > 0; }

    bool is_other_file = false;  ///< found in a folder and no JSON: passed over, which is no error
};

/// How far a scan has come; written by its threads, read by whoever shows it.
struct ScanProgress {
    std::atomic<std::uint64_t> bytes = 0;       ///< of the files, as far as they were used
    std::atomic<std::uint64_t> text_bytes = 0;  ///< that they unpack to
    std::atomic<std::uint64_t> records = 0;
};

/// Reads files on several threads into one activity. The result does not depend on how many.
class Scanner {
  public:
    using NewActivity = std::function<detect::Activity()>;

    /// `new_activity` makes an empty activity of the one mode of this scan; `filter` decides which
    /// records need not be read. The logs must outlive it, and so must the request that stops it,
    /// if there is one.
    Scanner(NewActivity new_activity, const log::LogSet& logs, log::CallFilter filter,
            const io::StopRequest* stop = nullptr)
        : new_activity_(std::move(new_activity)),
          logs_(&logs),
          filter_(std::move(filter)),
          stop_(stop),
          activity_(new_activity_()) {}

    /// Reads all files and returns what became of each, in their order. After a request to stop
    /// it returns soon: what was read of files counts, and is no error.
    std::vector<FileOutcome> run(std::span<const File> files, unsigned threads);

    [[nodiscard]] const ScanProgress& progress() const { return progress_; }

    /// What `look` makes of what was counted so far. May be called from another thread during
    /// run(), which waits for it.
    auto look_at_activity(auto look) const {
        const std::scoped_lock lock(mutex_);
        return look(activity_);
    }

    /// What was counted; not during run().
    [[nodiscard]] const detect::Activity& activity() const { return activity_; }

  private:
    friend class ScanThread;

    NewActivity new_activity_;
    const log::LogSet* logs_;
    log::CallFilter filter_;
    const io::StopRequest* stop_;  ///< can be null
    ScanProgress progress_;
    mutable std::mutex mutex_;  ///< of activity_
    detect::Activity activity_;
};

}  // namespace cloudhijack::scan
