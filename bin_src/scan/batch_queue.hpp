#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "io/window.hpp"

namespace cloudhijack::scan {

/// Documents of one file, copied out of its window for another thread to read.
class Batch {
  public:
    struct Document {
        std::size_t begin;  ///< in the batch's bytes
        std::size_t size;
        std::uint64_t position;  ///< in the file, unpacked
    };

    explicit Batch(std::size_t file) : file_(file) {}

    void add(std::string_view text, std::uint64_t position) {
        documents_.push_back({.begin = bytes_.size(), .size = text.size(), .position = position});
        bytes_ += text;
    }

    /// To be called before the documents are read.
    void pad() { bytes_.append(io::k_padding, ' '); }

    [[nodiscard]] std::size_t file() const { return file_; }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] const std::vector<Document>& documents() const { return documents_; }
    [[nodiscard]] std::string_view text(const Document& document) const {
        return std::string_view(bytes_).substr(document.begin, document.size);
    }

  private:
    std::size_t file_;
    std::string bytes_;
    std::vector<Document> documents_;
};

/// Hands out work: batches first, then files. A thread that reads a large file gives batches of it
/// to threads that have nothing to do, so no form of file keeps the others idle.
class BatchQueue {
  public:
    /// Nothing, a batch, or the index of a file.
    using Work = std::variant<std::monostate, Batch, std::size_t>;

    explicit BatchQueue(std::size_t files) : files_(files) {}

    /// Waits for work; nothing where there will be none. After a file, call file_done().
    Work take() {
        std::unique_lock lock(mutex_);
        ++waiting_;
        changed_.wait(
            lock, [this] { return !batches_.empty() || next_file_ < files_ || open_files_ == 0; });
        --waiting_;
        if (!batches_.empty()) {
            Work work = std::move(batches_.front());
            batches_.pop_front();
            return work;
        }
        if (next_file_ == files_) return {};
        ++open_files_;
        return next_file_++;
    }

    void file_done() {
        const std::scoped_lock lock(mutex_);
        --open_files_;
        changed_.notify_all();
    }

    /// True where a thread waits that no batch is meant for yet.
    [[nodiscard]] bool is_hungry() {
        const std::scoped_lock lock(mutex_);
        return waiting_ > batches_.size();
    }

    void put(Batch batch) {
        const std::scoped_lock lock(mutex_);
        batches_.push_back(std::move(batch));
        changed_.notify_one();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Batch> batches_;
    std::size_t files_;
    std::size_t next_file_ = 0;
    std::size_t open_files_ = 0;
    std::size_t waiting_ = 0;
};

}  // namespace cloudhijack::scan
