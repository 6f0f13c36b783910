#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <variant>

#include "io/window.hpp"
#include "json/record_splitter.hpp"

namespace cloudhijack::scan {

/// A run of a file's documents, copied from its window for another thread to read.
class Batch {
  public:
    Batch(std::size_t file, const json::RecordSplitter::DocumentRun& run)
        : file_(file),
          text_(std::make_unique_for_overwrite<char[]>(run.text.size() + io::k_padding)),
          run_(run) {
        std::ranges::copy(run.text, text_.get());
    }

    [[nodiscard]] std::size_t file() const { return file_; }
    /// The text of the run, followed by io::k_padding readable bytes.
    [[nodiscard]] std::span<char> text() const { return {text_.get(), run_.text.size()}; }
    /// The run's position and context. The text that the run itself refers to may be gone.
    [[nodiscard]] const json::RecordSplitter::DocumentRun& run() const { return run_; }

  private:
    std::size_t file_;
    std::unique_ptr<char[]> text_;
    json::RecordSplitter::DocumentRun run_;
};

/// Distributes work: batches first, then files. A thread that reads a large file passes batches of
/// it to the threads that have no file, and keeps one batch ready for each of them, so that no kind
/// of file leaves them idle.
class BatchQueue {
  public:
    /// A batch, the index of a file, or std::monostate if there is no more work.
    using Work = std::variant<std::monostate, Batch, std::size_t>;

    explicit BatchQueue(std::size_t files) : files_(files) {}

    /// Adds one to the number of threads that take work.
    void add_thread() {
        const std::scoped_lock lock(mutex_);
        ++threads_;
        note_hunger();
    }

    /// Waits for work; std::monostate if there will be none. Call file_done() after a file.
    Work take() {
        std::unique_lock lock(mutex_);
        changed_.wait(
            lock, [this] { return !batches_.empty() || next_file_ < files_ || open_files_ == 0; });
        if (!batches_.empty()) {
            Work work = std::move(batches_.front());
            batches_.pop_front();
            note_hunger();
            return work;
        }
        if (next_file_ == files_) return {};
        ++open_files_;
        note_hunger();
        return next_file_++;
    }

    void file_done() {
        const std::scoped_lock lock(mutex_);
        --open_files_;
        note_hunger();
        changed_.notify_all();
    }

    /// Whether fewer batches are ready than there are threads without a file.
    [[nodiscard]] bool is_hungry() const { return is_hungry_; }

    void put(Batch batch) {
        const std::scoped_lock lock(mutex_);
        batches_.push_back(std::move(batch));
        note_hunger();
        changed_.notify_one();
    }

  private:
    void note_hunger() { is_hungry_ = batches_.size() + open_files_ < threads_; }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> batches_;
    std::size_t files_;
    std::size_t threads_ = 0;
    std::size_t next_file_ = 0;
    std::size_t open_files_ = 0;
    std::atomic<bool> is_hungry_ = false;
};

}  // namespace cloudhijack::scan
