#include "config/installed_place.hpp"

#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <ranges>
#include <string_view>
#include <system_error>

namespace cloudhijack::config {
namespace {

namespace fs = std::filesystem;

// The canonical path of a regular file; empty if there is none.
fs::path file_at(const fs::path& path) {
    std::error_code error;
    fs::path found = fs::canonical(path, error);
    if (error || !fs::is_regular_file(found, error)) return {};
    return found;
}

// Finds a program as a shell does: an empty folder in the list means the current one.
fs::path file_in(std::string_view search_path, const std::string& name) {
    for (const auto part : std::views::split(search_path, ':')) {
        const std::string_view folder(part);
        const fs::path path = folder.empty() ? fs::path(name) : fs::path(folder) / name;
        if (::access(path.c_str(), X_OK) != 0) continue;
        if (fs::path found = file_at(path); !found.empty()) return found;
    }
    return {};
}

}  // namespace

PlaceSources sources_of_process() {
    PlaceSources sources{.link = "/proc/self/exe", .started = {}, .name = {}, .search_path = {}};
    // getauxval() returns addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
    const auto* started = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    if (started != nullptr) sources.started = started;
    if (program_invocation_name != nullptr) sources.name = program_invocation_name;
    const char* search_path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe)
    if (search_path != nullptr) sources.search_path = search_path;
    return sources;
}

Result<fs::path> find_program(const PlaceSources& sources) {
    std::error_code error;
    // If the program was replaced since it started, the link names a file that does not exist, but
    // still in the right folder.
    if (fs::path target = fs::read_symlink(sources.link, error); !error) return target;
    fs::path found;
    if (!sources.started.empty()) found = file_at(sources.started);
    if (found.empty() && sources.name.contains('/')) found = file_at(sources.name);
    if (found.empty() && !sources.name.empty() && !sources.name.contains('/')) {
        found = file_in(sources.search_path, sources.name);
    }
    if (!found.empty()) return found;
    return failure(sources.link + " cannot be read: " + error.message());
}

}  // namespace cloudhijack::config
