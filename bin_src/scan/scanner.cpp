#include "scan/scanner.hpp"

#include <cerrno>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include "io/file_descriptor.hpp"
#include "io/unpack.hpp"
#include "json/record_splitter.hpp"
#include "log/record_reader.hpp"
#include "scan/batch_queue.hpp"
#include "scan/file_start.hpp"
#include "scan/open_file.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::size_t k_record_cap = std::size_t{64} * 1024 * 1024;
constexpr std::uint64_t k_records_at_once = 100'000;  // before they are merged
constexpr std::size_t k_most_in_batch = io::Window::k_initial_capacity;

// Completes the outcome of a file that was read to its end. A file that does not begin as JSON and
// in which nothing could be read is not a log.
void complete_outcome(const File& file, FileOutcome& outcome) {
    if (outcome.ran_out_of_memory) outcome.error = "was not read completely: out of memory";
    if (outcome.stage != FileStage::done) return;
    const bool is_log = outcome.records > outcome.unreadable || outcome.unknown > 0;
    if (outcome.begins_as_json || outcome.error || is_log) return;
    outcome.error = "is not JSON";
    outcome.is_other_file = !file.named;
    outcome.records = outcome.unreadable = outcome.lost_bytes = 0;
}

}  // namespace

/// The readers of a thread. They allocate memory when they are constructed.
struct Readers {
    Readers(const log::LogSet& logs, const log::CallFilter& filter) : records(logs, filter) {}

    log::RecordReader records;
    io::Unpacker unpacker;
    counting::RunningHash hash;
};

/// One thread of a scan.
class ScanThread {
  public:
    ScanThread(Scanner& scanner, std::span<const File> files, BatchQueue& queue,
               std::vector<FileOutcome>& outcomes)
        : scanner_(&scanner), files_(files), queue_(&queue), outcomes_(&outcomes) {}
    ScanThread(const ScanThread&) = delete;  // taker_ captures this
    ScanThread& operator=(const ScanThread&) = delete;
    ScanThread(ScanThread&&) = delete;
    ScanThread& operator=(ScanThread&&) = delete;
    ~ScanThread() = default;

    void run() {
        while (true) {
            auto work = queue_->take();
            if (std::holds_alternative<std::monostate>(work)) return;
            if (const auto* file = std::get_if<std::size_t>(&work)) {
                reads_file_ = true;
                if (!is_stopped()) run_file(*file);
                queue_->file_done();
            } else {
                const auto& batch = std::get<Batch>(work);
                reads_file_ = false;
                guarded(batch.file(), [&] { read_batch(batch); });
            }
        }
    }

  private:
    // Runs `read`, which reads a part of a file, and merges the results. No exception may leave a
    // thread. The only possible one is a lack of memory; then the counts that this thread holds are
    // lost, and the outcome says so. After that nothing here may allocate memory.
    void guarded(std::size_t file, const auto& read) {
        try {
            if (!readers_) readers_.emplace(*scanner_->logs_, scanner_->filter_);
            if (!activity_) activity_ = scanner_->new_activity_();
            read();
            merge_results(file);
        } catch (const std::exception&) {
            activity_.reset();
            outcome_ = {};
            const std::scoped_lock lock(scanner_->mutex_);
            (*outcomes_)[file].ran_out_of_memory = true;
        }
    }

    [[nodiscard]] bool is_stopped() const {
        return scanner_->stop_ != nullptr && scanner_->stop_->reason() != 0;
    }

    void run_file(std::size_t index) {
        stage_ = FileStage::done;
        content_ = {};
        guarded(index, [&] { read_file(index); });
        const std::scoped_lock lock(scanner_->mutex_);
        (*outcomes_)[index].stage = stage_;
        (*outcomes_)[index].content = content_;
    }

    // Text that a stop cuts off is not damaged.
    void end_with(const Error& error) {
        if (error.kind == Error::Kind::stopped) {
            stage_ = FileStage::stopped;
        } else {
            outcome_.error = error.text;
        }
    }

    [[nodiscard]] io::ByteSource source_of(const File& file, int descriptor) const {
        if (file.is_pipe && scanner_->stop_ != nullptr) {
            return io::read_until_stopped(descriptor, *scanner_->stop_);
        }
        return io::read_from(descriptor);
    }

    // A source whose bytes are hashed as they are read, before they are unpacked.
    io::ByteSource hashed(io::ByteSource source) {
        if (!scanner_->hashes_files_) return source;
        return [this,
                source = std::move(source)](std::span<char> buffer) mutable -> Result<std::size_t> {
            const auto count = source(buffer);
            is_at_end_ = !count || *count == 0;
            if (!is_at_end_) {
                readers_->hash.add({buffer.data(), *count});
                content_.bytes += *count;
            }
            return count;
        };
    }

    // The rest of a file that could not be unpacked to its end belongs to its content, too.
    void read_rest(io::ByteSource rest) {
        std::vector<char> buffer(io::Window::k_initial_capacity);
        while (!is_at_end_ && !is_stopped() && rest(buffer)) {
        }
    }

    // For a pipe, a stop ends the source: all bytes that were read from it still count. For a file,
    // which can be read again and can unpack to far more bytes than were read, a stop ends the
    // unpacked text.
    io::Window window_over(const File& file, int descriptor) {
        ScanProgress& progress = scanner_->progress_;
        const bool stops_source = file.is_pipe && scanner_->stop_ != nullptr;
        return readers_->unpacker.window_over(
            hashed(source_of(file, descriptor)), k_record_cap,
            [&progress](std::size_t count) -> Result<> {
                progress.bytes += count;
                return {};
            },
            [this, &progress, stops_source](std::size_t count) -> Result<> {
                progress.text_bytes += count;
                if (!stops_source && is_stopped()) return stopped();
                return {};
            });
    }

    void read_file(std::size_t index) {
        const File& file = files_[index];
        const OpenFile open(file, /*may_wait=*/scanner_->stop_ == nullptr);
        if (open.descriptor() < 0) {
            outcome_.error = "cannot be opened: " + std::generic_category().message(errno);
            return;
        }
        readers_->hash.reset();
        is_at_end_ = false;
        read_text(index, open.descriptor());
        if (!scanner_->hashes_files_) return;
        if (is_log_) read_rest(hashed(source_of(file, open.descriptor())));
        content_.hash = readers_->hash.value();
    }

    void read_text(std::size_t index, int descriptor) {
        io::Window window = window_over(files_[index], descriptor);
        is_log_ = true;
        const auto start = look_at_start(window);
        if (!start) return end_with(start.error());
        // If the file is a part of a larger one that was split, its first record is cut.
        const auto beginning = window.unread();
        outcome_.begins_as_json =
            start->is_json || std::string_view(beginning.data(), beginning.size())
                                  .contains(scanner_->logs_->main().log->mark);
        if (!start->unread.empty()) {
            outcome_.error = start->unread;
            is_log_ = false;
            return;
        }
        json::RecordSplitter splitter(window, scanner_->logs_->record_keys());
        while (read_next(splitter)) {
            if (outcome_.records >= k_records_at_once) merge_results(index);
            if (!queue_->is_hungry()) continue;
            const auto run = splitter.take_run(k_most_in_batch);
            if (!run.text.empty()) queue_->put(Batch(index, run));
            window.shrink();
        }
    }

    void read_batch(const Batch& batch) {
        io::Window window(batch.text());
        json::RecordSplitter splitter(window, scanner_->logs_->record_keys(), batch.run());
        while (read_next(splitter)) {
        }
    }

    // Reads the next document; false at the end.
    bool read_next(json::RecordSplitter& splitter) {
        const auto document = splitter.next();
        if (!document) end_with(document.error());
        if (!document || !*document) return false;
        read_document(**document);
        return true;
    }

    void read_document(const json::RecordSplitter::Document& document) {
        position_ = document.position;
        readers_->records.read({.text = document.text,
                                .may_pass_over = document.is_closed,
                                .only_name_key = document.only_name_key,
                                .may_be_rest = document.follows_object,
                                .is_element = document.is_element},
                               taker_);
    }

    void take(const log::Event& event) {
        ++outcome_.records;
        if (scanner_->times_ && is_outside(event)) return;
        const auto added = detect::add(*activity_, event);
        if (is_relevant(added)) ++outcome_.relevant;
        if (added == detect::Added::failed) ++outcome_.failed;
        if (added == detect::Added::left_out) ++outcome_.left_out;
        if (added == detect::Added::undated) {
            const std::string why =
                "has no valid time in " + std::string(event.log->path_of(&log::Event::time_text));
            note_unreadable({.why = why});
        }
    }

    // Counts an event that is outside the time range.
    bool is_outside(const log::Event& event) {
        const auto time = scanner_->times_->time_outside(event);
        if (!time) return false;
        const std::int64_t at = time->time_since_epoch().count();
        outcome_.outside.add({.count = 1, .first = at, .last = at});
        return true;
    }

    void skip(const log::LostPart& part) {
        outcome_.records += part.records;
        note_unreadable(part);
    }

    void note_unreadable(const log::LostPart& part) {
        const std::uint64_t position = position_ + part.position;
        if (!outcome_.lost_something() || position < outcome_.first_unreadable_at) {
            outcome_.first_unreadable_at = position;
            outcome_.first_reason = part.why;
        }
        outcome_.unreadable += part.records;
        outcome_.lost_bytes += part.bytes;
    }

    void miss(std::string_view first_keys) {
        if (outcome_.unknown++ == 0 || position_ < outcome_.first_unknown_at) {
            outcome_.first_unknown_at = position_;
            outcome_.first_unknown_keys = first_keys;
        }
    }

    // Adds this thread's results for a file to the shared ones.
    void merge_results(std::size_t file) {
        readers_->records.shrink();
        scanner_->progress_.records += outcome_.records;
        const std::scoped_lock lock(scanner_->mutex_);
        take_outcome(file);
        // Counts that are merged in part cannot be used, not even for other merges.
        if (scanner_->is_half_merged_) throw std::bad_alloc();
        scanner_->is_half_merged_ = true;
        detect::merge(scanner_->activity_, *activity_);
        scanner_->is_half_merged_ = false;
        activity_ = scanner_->new_activity_();
    }

    void take_outcome(std::size_t file) {
        FileOutcome mine = std::exchange(outcome_, {});
        FileOutcome& all = (*outcomes_)[file];
        all.records += mine.records;
        all.relevant += mine.relevant;
        all.failed += mine.failed;
        all.left_out += mine.left_out;
        all.outside.add(mine.outside);
        // The only error of a batch is that an array is truncated in it. The thread that reads the
        // whole file continues to its end, so its error takes precedence.
        if (mine.error && (reads_file_ || !all.error)) all.error = std::move(mine.error);
        all.begins_as_json &= mine.begins_as_json;
        const bool first =
            mine.lost_something() &&
            (!all.lost_something() || mine.first_unreadable_at < all.first_unreadable_at);
        const bool is_first_unknown =
            mine.unknown > 0 && (all.unknown == 0 || mine.first_unknown_at < all.first_unknown_at);
        all.unknown += mine.unknown;
        if (is_first_unknown) {
            all.first_unknown_at = mine.first_unknown_at;
            all.first_unknown_keys = std::move(mine.first_unknown_keys);
        }
        all.unreadable += mine.unreadable;
        all.lost_bytes += mine.lost_bytes;
        if (first) {
            all.first_unreadable_at = mine.first_unreadable_at;
            all.first_reason = std::move(mine.first_reason);
        }
    }

    Scanner* scanner_;
    std::span<const File> files_;
    BatchQueue* queue_;
    std::vector<FileOutcome>* outcomes_;
    std::optional<Readers> readers_;
    std::optional<detect::Activity> activity_;
    FileOutcome outcome_;
    bool reads_file_ = false;               ///< as opposed to a batch
    FileStage stage_ = FileStage::waiting;  ///< of the current file
    FileContent content_;                   ///< of the current file
    bool is_at_end_ = false;                ///< of the current file, before it is unpacked
    bool is_log_ = true;                    ///< the current file has no other known format
    std::uint64_t position_ = 0;            ///< of the current document
    log::RecordTaker taker_{.take = [this](const log::Event& event) { take(event); },
                            .skip = [this](const log::LostPart& part) { skip(part); },
                            .miss = [this](std::string_view keys) { miss(keys); },
                            .pass_over = [this] { ++outcome_.records; }};
};

std::vector<FileOutcome> Scanner::run(std::span<const File> files, unsigned threads) {
    std::vector<FileOutcome> outcomes(files.size());
    BatchQueue queue(files.size());
    queue.add_thread();
    std::vector<std::jthread> others;
    const auto work = [&] { ScanThread(*this, files, queue, outcomes).run(); };
    for (unsigned i = 1; i < threads; ++i) {
        try {
            others.emplace_back(work);
            queue.add_thread();
        } catch (const std::system_error&) {
            break;  // the system allows no more threads: the existing ones do the work
        }
    }
    work();
    others.clear();  // joins
    if (is_half_merged_) throw std::bad_alloc();
    for (std::size_t i = 0; i < files.size(); ++i) complete_outcome(files[i], outcomes[i]);
    return outcomes;
}

}  // namespace cloudhijack::scan
