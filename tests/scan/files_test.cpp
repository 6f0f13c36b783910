#include "scan/files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scan/temporary_folder.hpp"
#include "text/time.hpp"

using namespace cloudhijack;
using namespace cloudhijack::scan;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> names(const scan::FileList& list, const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& file : list.files) {
        names.push_back(fs::path(file.path).lexically_relative(folder.path()));
    }
    return names;
}

}  // namespace

TEST_CASE("files: folders at any depth, in byte order of their names") {
    const TemporaryFolder folder;
    for (const auto* name : {"b.json", "a/2.gz", "a/1", "a/c/x.jsonl", "B"})
        folder.write(name, "12345");
    const auto list = scan::list_files({folder.path()});
    CHECK(names(list, folder) ==
          std::vector<std::string>{"B", "a/1", "a/2.gz", "a/c/x.jsonl", "b.json"});
    CHECK(list.files[0].size == 5);
    CHECK(list.skipped.empty());
    CHECK(list.problems.empty());
}

TEST_CASE("files: paths in the order given, - is standard input") {
    const TemporaryFolder folder;
    const auto b = folder.write("b", "");
    const auto a = folder.write("a", "");
    const auto list = scan::list_files({b, "-", a, "-"});
    REQUIRE(list.files.size() == 3);
    CHECK(list.files[0].path == b);
    CHECK(list.files[1].path == "-");
    CHECK(list.files[2].path == a);
}

TEST_CASE("files: circles, duplicates, pipes and devices are skipped with a message") {
    const TemporaryFolder folder;
    const auto file = folder.write("a/file", "x");
    fs::create_directory_symlink(folder.path(), folder.path() / "a" / "circle");
    fs::create_symlink(file, folder.path() / "twin");
    ::mkfifo((folder.path() / "pipe").c_str(), 0600);
    const auto list = scan::list_files({folder.path(), "/dev/null", file});
    CHECK(names(list, folder) == std::vector<std::string>{"a/file"});
    REQUIRE(list.skipped.size() == 5);
    CHECK(list.skipped[0].contains("circle: skipped, it is the same as"));
    CHECK(list.skipped[1].contains("pipe: skipped, it is a pipe"));
    CHECK(list.skipped[2].contains("twin: skipped, it is the same as"));
    CHECK(list.skipped[3] == "/dev/null: skipped, it is a device");
    CHECK(list.skipped[4].contains("file: skipped, it is the same as"));
    CHECK(list.problems.empty());
}

TEST_CASE("files: a path that does not exist is a problem") {
    const TemporaryFolder folder;
    fs::create_symlink("nowhere", folder.path() / "link");
    const auto list = scan::list_files({folder.path(), (folder.path() / "missing").string()});
    REQUIRE(list.problems.size() == 2);
    CHECK(list.problems[0].contains("link: is a link to a file that does not exist"));
    CHECK(list.problems[1].contains("missing: does not exist"));
}

TEST_CASE("files: a pipe that the user names is read") {
    const TemporaryFolder folder;
    const std::string pipe = folder.path() / "pipe";
    ::mkfifo(pipe.c_str(), 0600);
    CHECK(scan::list_files({pipe}).files.size() == 1);
}

TEST_CASE("files: those whose names show that they are outside a range are not opened") {
    const auto trail = [](std::string_view stamp) {
        return "111122223333_CloudTrail_us-east-1_" + std::string(stamp) + "_x.json.gz";
    };
    const auto at = [](std::string_view time) { return text::parse_iso_time(time); };
    const scan::TimeRange range{.from = at("2026-03-11T12:00"), .to = at("2026-03-11T13:00")};
    FileList all;
    for (const auto* stamp : {"20260311T1144Z", "20260311T1145Z", "20260311T1146Z",
                              "20260311T1314Z", "20260311T1315Z", "20260311T1316Z"}) {
        all.files.push_back({.path = trail(stamp), .named = false});
    }
    all.files.push_back({.path = "-", .is_pipe = true});
    all.files.push_back({.path = "2026/03/09/named"});
    all.files.push_back({.path = "2026/03/10/named"});
    all.skipped = {"before"};
    FileList list = all;
    scan::leave_unopened({}, list);
    CHECK(list.files.size() == 9);
    CHECK(list.unopened == 0);
    scan::leave_unopened(range, list);
    std::vector<std::string> paths;
    for (const auto& file : list.files) paths.push_back(file.path);
    CHECK(paths == std::vector<std::string>{trail("20260311T1146Z"), trail("20260311T1314Z"), "-",
                                            "2026/03/10/named"});
    CHECK(list.unopened == 5);
    CHECK(list.skipped ==
          std::vector<std::string>{"before",
                                   "2026/03/09/named: not opened, its name shows that it is "
                                   "outside the time range"});
}
