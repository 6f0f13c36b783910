#include "scan/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "scan/file_times.hpp"

namespace cloudhijack::scan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_standard_input = "-";

/// Walks over paths and everything below them, without recursion, as folders can be nested to any
/// depth.
class FileWalk {
  public:
    void add(const std::string& path) {
        look_at(path, /*named=*/true);
        while (!to_look_at_.empty()) {
            const std::string next = std::move(to_look_at_.back());
            to_look_at_.pop_back();
            look_at(next, /*named=*/false);
        }
    }

    FileList finish() && { return std::move(list_); }

  private:
    void look_at(const std::string& path, bool named) {
        struct stat status{};
        const int failed = path == k_standard_input ? ::fstat(STDIN_FILENO, &status)
                                                    : ::stat(path.c_str(), &status);
        if (failed != 0) return report_inaccessible(path, errno);
        // A file or folder to which two paths lead is read once, so that its events count once.
        const auto [first, is_new] = seen_.emplace(std::pair{status.st_dev, status.st_ino}, path);
        if (!is_new) return skip(path, "it is the same as " + shown_name(first->second));
        if (S_ISDIR(status.st_mode)) return open_folder(path);
        if (S_ISREG(status.st_mode)) {
            list_.files.push_back(
                {.path = path, .size = static_cast<std::uint64_t>(status.st_size), .named = named});
        } else if (path == k_standard_input || (S_ISFIFO(status.st_mode) && named)) {
            list_.files.push_back({.path = path, .size = 0, .named = true, .is_pipe = true});
        } else if (S_ISFIFO(status.st_mode)) {
            skip(path, "it is a pipe");
        } else if (S_ISSOCK(status.st_mode)) {
            skip(path, "it is a socket");
        } else {
            skip(path, "it is a device");
        }
    }

    void skip(const std::string& path, const std::string& why) {
        list_.skipped.push_back(shown_name(path) + ": skipped, " + why);
    }

    void report_inaccessible(const std::string& path, int error_number) {
        std::error_code ignored;
        if (error_number == ELOOP) return skip(path, "the symbolic link leads back to itself");
        if (error_number != ENOENT) {
            list_.problems.push_back(shown_name(path) + ": cannot be read: " +
                                     std::generic_category().message(error_number));
        } else if (fs::is_symlink(fs::symlink_status(path, ignored))) {
            list_.problems.push_back(path + ": is a link to a file that does not exist");
        } else {
            list_.problems.push_back(path + ": does not exist");
        }
    }

    void open_folder(const std::string& folder) {
        std::error_code error;
        const auto before = static_cast<std::ptrdiff_t>(to_look_at_.size());
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            to_look_at_.push_back(entry->path());
            std::error_code ignored;
            if (entry->is_symlink(ignored)) list_.links.push_back(to_look_at_.back());
        }
        if (error) list_.problems.push_back(folder + ": cannot be read: " + error.message());
        std::sort(to_look_at_.begin() + before, to_look_at_.end(), std::greater{});  // last is next
    }

    FileList list_;
    std::vector<std::string> to_look_at_;
    std::map<std::pair<dev_t, ino_t>, std::string> seen_;  ///< with the first path to each
};

}  // namespace

std::string shown_name(const std::string& path) {
    return path == k_standard_input ? "standard input" : path;
}

FileList list_files(const std::vector<std::string>& paths) {
    FileWalk walk;
    for (const std::string& path : paths) walk.add(path);
    return std::move(walk).finish();
}

Result<> check_output(const std::string& output, std::span<const File> files) {
    std::error_code error;
    if (output.empty() || !fs::is_regular_file(output, error)) return {};
    const auto is_output = [&](const File& file) {
        return fs::equivalent(file.path, output, error);
    };
    if (std::ranges::none_of(files, is_output)) return {};
    return failure("option --output: " + output +
                   " is one of the inputs; name a file that is not among them");
}

void leave_unopened(const TimeRange& range, FileList& list) {
    if (range.is_unlimited()) return;
    list.unopened += std::erase_if(list.files, [&](const File& file) {
        const auto times = times_in_name(file.path);
        if (!times || range.overlaps(times->begin, times->end)) return false;
        if (file.named) {
            list.skipped.push_back(
                shown_name(file.path) +
                ": not opened, its name shows that it is outside the time range");
        }
        return true;
    });
}

}  // namespace cloudhijack::scan
