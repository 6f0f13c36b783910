#include "io/output_file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "scan/temporary_folder.hpp"

namespace cloudhijack::io {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::size_t files_in(const fs::path& folder) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST_CASE("an output file has its name only once it is complete") {
    const scan::TemporaryFolder folder;
    const fs::path path = folder.path() / "answer.csv";
    auto file = OutputFile::open(path);
    REQUIRE(file);
    CHECK(file->write("one\n"));
    CHECK(!fs::exists(path));
    CHECK(file->write("two\n"));
    CHECK(file->finish());
    CHECK(content_of(path) == "one\ntwo\n");
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("an output file that is not finished leaves the older one alone") {
    const scan::TemporaryFolder folder;
    const fs::path path = folder.path() / "answer.csv";
    std::ofstream(path) << "older";
    {
        auto file = OutputFile::open(path);
        REQUIRE(file);
        CHECK(file->write("newer"));
        CHECK(content_of(path) == "older");
    }
    CHECK(content_of(path) == "older");
    CHECK(files_in(folder.path()) == 1);
}

TEST_CASE("an output file keeps the permissions of the older one and the link to it") {
    const scan::TemporaryFolder folder;
    const fs::path path = folder.path() / "answer.csv";
    const fs::path link = folder.path() / "link.csv";
    std::ofstream(path) << "older";
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink("answer.csv", link);
    auto file = OutputFile::open(link);
    REQUIRE(file);
    CHECK(file->write("newer"));
    CHECK(file->finish());
    CHECK(fs::is_symlink(link));
    CHECK(content_of(path) == "newer");
    CHECK(fs::status(path).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
}

TEST_CASE("a new output file has the permissions that other programs would give it") {
    const scan::TemporaryFolder folder;
    const fs::path path = folder.path() / "answer.csv";
    const mode_t before = ::umask(027);
    auto file = OutputFile::open(path);
    ::umask(before);
    REQUIRE(file);
    CHECK(file->finish());
    CHECK(static_cast<unsigned>(fs::status(path).permissions()) == 0640U);
}

TEST_CASE("paths that cannot be written are errors before anything is written") {
    const scan::TemporaryFolder folder;
    CHECK(OutputFile::open(folder.path()).error().text ==
          folder.path().string() + ": is a folder; name a file");
    const std::string missing = folder.path() / "missing" / "answer.csv";
    CHECK(OutputFile::open(missing).error().text ==
          missing + ": cannot be written: No such file or directory");
}

TEST_CASE("a device is written directly") {
    auto file = OutputFile::open("/dev/null");
    REQUIRE(file);
    CHECK(file->write("gone"));
    CHECK(file->finish());
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("an error while writing names the file") {
    auto file = OutputFile::open("/dev/full");
    REQUIRE(file);
    CHECK(file->write("text").error().text ==
          "/dev/full: cannot write the output: No space left on device");
}

}  // namespace
}  // namespace cloudhijack::io
