#include "scan/scanner.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "io/file_descriptor.hpp"
#include "io/gzip.hpp"
#include "json/record_splitter.hpp"
#include "log/record_reader.hpp"
#include "scan/batch_queue.hpp"
#include "scan/file_start.hpp"

namespace cloudhijack::scan {
namespace {

constexpr std::size_t k_record_cap = std::size_t{64} * 1024 * 1024;
constexpr std::uint64_t k_records_at_once = 100'000;  // until others may see them
constexpr std::size_t k_most_in_batch = io::Window::k_initial_capacity;

/// An open file, or standard input, which stays open.
class OpenFile {
  public:
    // Opening a named pipe waits for a writer, and a stop could not end that wait; reading waits,
    // too, and a stop ends it.
    OpenFile(const File& file, bool may_wait)
        : descriptor_(file.path == "-" ? STDIN_FILENO
                                       : ::open(file.path.c_str(),
                                                O_RDONLY | O_CLOEXEC |
                                                    (file.is_pipe && !may_wait ? O_NONBLOCK : 0))) {
    }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;
    OpenFile(OpenFile&&) = delete;
    OpenFile& operator=(OpenFile&&) = delete;
    ~OpenFile() {
        if (descriptor_ > STDIN_FILENO) ::close(descriptor_);
    }

    [[nodiscard]] int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

// What the whole of it says of a file. One that does not begin as JSON and in which nothing could
// be read is no file of ours.
void judge(const File& file, FileOutcome& outcome) {
    if (outcome.lacks_memory) outcome.error = "was not read whole: there is too little memory";
    if (outcome.stage != FileStage::done) return;
    const bool is_ours = outcome.records > outcome.unreadable || outcome.unknown > 0;
    if (outcome.begins_as_json || outcome.error || is_ours) return;
    outcome.error = "is not JSON";
    outcome.is_other_file = !file.named;
    outcome.records = outcome.unreadable = outcome.lost_bytes = 0;
}

}  // namespace

/// What a thread reads with, which takes memory as soon as it is there.
struct Readers {
    Readers(const log::LogSet& logs, const log::CallFilter& filter) : records(logs, filter) {}

    log::RecordReader records;
    io::Gunzip gunzip;
};

/// One thread of a scan.
class ScanThread {
  public:
    ScanThread(Scanner& scanner, std::span<const File> files, BatchQueue& queue,
               std::vector<FileOutcome>& outcomes)
        : scanner_(&scanner), files_(files), queue_(&queue), outcomes_(&outcomes) {}
    ScanThread(const ScanThread&) = delete;  // what takes its records views it
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
    // Reads what is of a file and hands it in. No exception leaves a thread; all there can be is a
    // lack of memory, and then what this thread holds is lost, which the outcome says. Nothing here
    // may need memory after that.
    void guarded(std::size_t file, const auto& read) {
        try {
            if (!readers_) readers_.emplace(*scanner_->logs_, scanner_->filter_);
            if (!activity_) activity_ = scanner_->new_activity_();
            read();
            hand_in(file);
        } catch (const std::exception&) {
            activity_.reset();
            outcome_ = {};
            const std::scoped_lock lock(scanner_->mutex_);
            (*outcomes_)[file].lacks_memory = true;
        }
    }

    [[nodiscard]] bool is_stopped() const {
        return scanner_->stop_ != nullptr && scanner_->stop_->reason() != 0;
    }

    void run_file(std::size_t index) {
        stage_ = FileStage::done;
        guarded(index, [&] { read_file(index); });
        const std::scoped_lock lock(scanner_->mutex_);
        (*outcomes_)[index].stage = stage_;
    }

    // What a stop cuts off is not damaged.
    void end_with(const Error& error) {
        if (error.kind == Error::Kind::stopped) {
            stage_ = FileStage::stopped;
        } else {
            outcome_.error = error.text;
        }
    }

    // What comes through a pipe and was read counts, so that a stop ends its source. A file is
    // still there, and can unpack to much more than was read of it, so that a stop ends its text.
    io::Window window_over(const File& file, int descriptor) {
        ScanProgress& progress = scanner_->progress_;
        const bool stops_source = file.is_pipe && scanner_->stop_ != nullptr;
        return readers_->gunzip.window_over(
            stops_source ? io::read_until_stopped(descriptor, *scanner_->stop_)
                         : io::read_from(descriptor),
            k_record_cap,
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
        io::Window window = window_over(file, open.descriptor());
        const auto start = look_at_start(window);
        if (!start) return end_with(start.error());
        // In a part of a file that was split, the first record is cut.
        const auto beginning = window.unread();
        outcome_.begins_as_json =
            start->is_json || std::string_view(beginning.data(), beginning.size())
                                  .contains(scanner_->logs_->main().log->mark);
        if (!start->unread.empty()) {
            outcome_.error = start->unread;
            return;
        }
        json::RecordSplitter splitter(window, scanner_->logs_->record_keys());
        while (read_next(splitter)) {
            if (outcome_.records >= k_records_at_once) hand_in(index);
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

    // False at the end.
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
        const auto added = detect::add(*activity_, event);
        if (is_relevant(added)) ++outcome_.relevant;
        if (added == detect::Added::failed) ++outcome_.failed;
        if (added == detect::Added::left_out) ++outcome_.left_out;
        if (added == detect::Added::undated) {
            const std::string why = "has no " +
                                    std::string(event.log->path_of(&log::Event::time_text)) +
                                    " that is a time";
            note_unreadable({.why = why});
        }
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

    // Adds what this thread has of a file to what the others have.
    void hand_in(std::size_t file) {
        readers_->records.shrink();
        scanner_->progress_.records += outcome_.records;
        const std::scoped_lock lock(scanner_->mutex_);
        take_outcome(file);
        detect::merge(scanner_->activity_, *activity_);
        activity_ = scanner_->new_activity_();
    }

    void take_outcome(std::size_t file) {
        FileOutcome mine = std::exchange(outcome_, {});
        FileOutcome& all = (*outcomes_)[file];
        all.records += mine.records;
        all.relevant += mine.relevant;
        all.failed += mine.failed;
        all.left_out += mine.left_out;
        // A batch can only say that an array is cut off in it. Whoever reads the whole file goes on
        // to its end, and what ends it there is told first.
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
    bool reads_file_ = false;               ///< and not a batch of one
    FileStage stage_ = FileStage::waiting;  ///< of the file that is read
    std::uint64_t position_ = 0;            ///< of the document that is read
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
            break;  // the system allows no more threads: those that there are do the work
        }
    }
    work();
    others.clear();  // joins
    for (std::size_t i = 0; i < files.size(); ++i) judge(files[i], outcomes[i]);
    return outcomes;
}

}  // namespace cloudhijack::scan
