#include "scan/files.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>

namespace cloudhijack::scan {
namespace {

namespace fs = std::filesystem;

class Walk {
  public:
    void add(const fs::path& path, bool named_by_user) {
        std::error_code error;
        const fs::file_status status = fs::status(path, error);
        switch (status.type()) {
            case fs::file_type::regular:
                if (is_new(path)) {
                    list_.files.push_back(
                        {.path = path, .size = fs::file_size(path, error), .named = named_by_user});
                }
                return;
            case fs::file_type::directory:
                return add_folder(path);
            case fs::file_type::fifo:
                if (named_by_user) {
                    list_.files.push_back({.path = path, .size = 0});
                } else {
                    list_.skipped.push_back(path.string() + ": skipped, it is a pipe");
                }
                return;
            case fs::file_type::not_found:
                list_.problems.push_back(
                    path.string() + ": " +
                    (fs::is_symlink(path, error) ? "links to nothing" : "does not exist"));
                return;
            case fs::file_type::socket:
                list_.skipped.push_back(path.string() + ": skipped, it is a socket");
                return;
            case fs::file_type::block:
            case fs::file_type::character:
                list_.skipped.push_back(path.string() + ": skipped, it is a device");
                return;
            default:
                list_.problems.push_back(path.string() + ": cannot be read: " + error.message());
        }
    }

    void add_standard_input() { list_.files.push_back({.path = "-", .size = 0}); }

    FileList finish() && { return std::move(list_); }

  private:
    // A file or folder that two paths lead to is read once: its events count once.
    bool is_new(const fs::path& path) {
        std::error_code error;
        const fs::path real = fs::canonical(path, error);
        if (error) return true;  // reading it will say what is wrong
        const auto [first, is_new] = paths_.emplace(real, path);
        if (!is_new) {
            list_.skipped.push_back(path.string() + ": skipped, it is the same as " +
                                    first->second.string());
        }
        return is_new;
    }

    void add_folder(const fs::path& folder) {
        if (!is_new(folder)) return;
        std::error_code error;
        std::vector<fs::path> entries;
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            entries.push_back(entry->path());
        }
        if (error) {
            list_.problems.push_back(folder.string() + ": cannot be read: " + error.message());
        }
        std::ranges::sort(entries, {}, [](const fs::path& path) { return path.native(); });
        for (const fs::path& entry : entries) add(entry, /*named_by_user=*/false);
    }

    FileList list_;
    std::map<fs::path, fs::path> paths_;  ///< real path to the one that led there first
};

}  // namespace

FileList list_files(const std::vector<std::string>& paths) {
    Walk walk;
    for (const std::string& path : paths) {
        if (path == "-") {
            walk.add_standard_input();
        } else {
            walk.add(path, /*named_by_user=*/true);
        }
    }
    return std::move(walk).finish();
}

}  // namespace cloudhijack::scan
