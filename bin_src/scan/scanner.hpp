#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "counting/hash.hpp"
#include "detect/activity.hpp"
#include "io/stop_request.hpp"
#include "log/call_filter.hpp"
#include "log/log_set.hpp"
#include "scan/files.hpp"
#include "scan/time_filter.hpp"

namespace cloudhijack::scan {

/// How far a file was read.
enum class FileStage : std::uint8_t {
    waiting,  ///< not started, if the scan was stopped before
    stopped,  ///< the scan was stopped while the file was read
    done,     ///< read to its end or to an error
};

/// The bytes of a file as they are on disk or come through a pipe. If the file holds no records,
/// only its beginning may have been read.
struct FileContent {
    std::uint64_t bytes = 0;
    counting::WideHash hash;

    auto operator<=>(const FileContent&) const = default;
};

/// The result of reading one file.
struct FileOutcome {
    FileStage stage = FileStage::waiting;
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;  ///< records among them that could not be read
    std::uint64_t lost_bytes = 0;  ///< bytes of these, and of text between records
    std::uint64_t relevant = 0;    ///< calls among them that the mode considers
    std::uint64_t failed = 0;      ///< calls among these that failed
    std::uint64_t left_out = 0;    ///< calls that the provider made, and events that repeat calls
    OutsideCalls outside;          ///< not in relevant
    std::uint64_t first_unreadable_at = 0;  ///< the offset of the first loss, in unpacked bytes
    std::string first_reason;
    std::uint64_t unknown = 0;           ///< objects that no log knows; not counted in records
    std::uint64_t first_unknown_at = 0;  ///< the offset of its document, in unpacked bytes
    std::string first_unknown_keys;
    std::optional<std::string> error;  ///< why the file was not read to its end
    bool ran_out_of_memory = false;    ///< it was not completely read or counted
    bool begins_as_json = true;        ///< it begins with { or [, or is empty
    FileContent content;               ///< if the scanner hashes files
    [[nodiscard]] bool lost_something() const { return unreadable > 0 || lost_bytes > 0; }

    bool is_other_file = false;  ///< found in a folder and not JSON: skipped, which is not an error
};

/// The progress of a scan; written by its threads, read by the thread that shows it.
struct ScanProgress {
    std::atomic<std::uint64_t> bytes = 0;       ///< bytes of the files that have been used
    std::atomic<std::uint64_t> text_bytes = 0;  ///< the bytes that these unpack to
    std::atomic<std::uint64_t> records = 0;
};

/// Reads files on several threads into one activity. The result does not depend on the number of
/// threads.
class Scanner {
  public:
    using NewActivity = std::function<detect::Activity()>;

    /// `new_activity` makes an empty activity of the scan's mode; `filter` decides which records
    /// need not be read, and `times`, if there is one, which events do not count. The logs and the
    /// request `stop`, if there is one, must outlive the scanner.
    Scanner(NewActivity new_activity, const log::LogSet& logs, log::CallFilter filter,
            const io::StopRequest* stop = nullptr, std::optional<TimeFilter> times = {})
        : new_activity_(std::move(new_activity)),
          logs_(&logs),
          filter_(std::move(filter)),
          times_(times),
          stop_(stop),
          activity_(new_activity_()) {}

    /// Makes run() hash the content of each file, which costs little in comparison with reading it.
    void hash_files() { hashes_files_ = true; }

    /// Reads all files and returns their outcomes in the same order. After a request to stop it
    /// returns soon; files read in part count as far as they were read, and this is not an error.
    /// A lack of memory is the error of a file, unless the counts of two threads could not be
    /// merged: then there is nothing to answer from, and run() throws std::bad_alloc.
    std::vector<FileOutcome> run(std::span<const File> files, unsigned threads);

    [[nodiscard]] const ScanProgress& progress() const { return progress_; }

    /// Returns the result of `look` for the counts so far. May be called from another thread during
    /// run(), whose threads then wait to merge their counts.
    auto look_at_activity(auto look) const {
        const std::scoped_lock lock(mutex_);
        return look(activity_);
    }

    /// The counts; must not be called during run().
    [[nodiscard]] const detect::Activity& activity() const { return activity_; }

  private:
    friend class ScanThread;

    NewActivity new_activity_;
    const log::LogSet* logs_;
    log::CallFilter filter_;
    std::optional<TimeFilter> times_;
    const io::StopRequest* stop_;  ///< can be null
    bool hashes_files_ = false;
    ScanProgress progress_;
    mutable std::mutex mutex_;  ///< protects activity_ and the outcomes during run()
    detect::Activity activity_;
    bool is_half_merged_ = false;  ///< a merge into activity_ ended with an exception
};

}  // namespace cloudhijack::scan
