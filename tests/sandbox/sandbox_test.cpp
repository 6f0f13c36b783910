#include "sandbox/sandbox.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace cloudhijack;
using namespace cloudhijack::sandbox;

namespace {

namespace fs = std::filesystem;

constexpr int k_refused = 77;  // the exit code of a process whose call was refused

/// How a child process ended.
struct Ending {
    int exit_code = -1;  ///< negative if a signal ended it
    int signal = 0;
    std::string said;  ///< on standard error
};

// Runs `act` in a child process, whose exit code it returns.
Ending in_child(const std::function<int()>& act) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        std::signal(SIGABRT, SIG_DFL);  // doctest has handlers
        ::dup2(ends[1], STDERR_FILENO);
        ::_exit(act());
    }
    ::close(ends[1]);
    Ending ending;
    std::array<char, 1024> piece{};
    for (ssize_t count = 0; (count = ::read(ends[0], piece.data(), piece.size())) > 0;) {
        ending.said.append(piece.data(), static_cast<std::size_t>(count));
    }
    ::close(ends[0]);
    int status = 0;
    if (::waitpid(child, &status, 0) != child) throw std::runtime_error("no child");
    if (WIFEXITED(status)) ending.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) ending.signal = WTERMSIG(status);
    return ending;
}

// The same, after the child has given up what a profile does not need.
Ending confined(Profile profile, const std::function<int()>& act) {
    return in_child([&] {
        give_up_privileges(profile);
        if (!give_up_system_calls(profile, {.exit_code = k_refused})) return 99;
        return act();
    });
}

// Emulators have no filters and no Landlock, and neither have old kernels. The kernel itself is
// asked, and not the code under test. Builds with sanitizers have no sandbox.
bool has_no_filters() { return !k_is_built_in || ::prctl(PR_GET_SECCOMP, 0, 0, 0, 0) < 0; }

bool has_no_landlock() {
    constexpr long create_ruleset = 444;
    return !k_is_built_in || ::syscall(create_ruleset, nullptr, 0, /*ask for the version*/ 1) < 1;
}

/// A call that must be refused.
struct RefusedCall {
    std::string name;
    std::function<void()> make;
};

void make(long number, long a = 0, long b = 0, long c = 0) { ::syscall(number, a, b, c); }

std::vector<RefusedCall> refused_everywhere() {
    return {
        {"socket", [] { ::socket(AF_INET, SOCK_STREAM, 0); }},
        {"socketpair",
         [] {
             std::array<int, 2> ends{};
             ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data());
         }},
        {"connect", [] { make(SYS_connect, 0); }},
        {"bind", [] { make(SYS_bind, 0); }},
        {"execve", [] { ::execl("/bin/true", "true", nullptr); }},
        {"execveat", [] { make(SYS_execveat); }},
        {"clone", [] { make(SYS_clone, SIGCHLD); }},
        {"mmap",
         [] { ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
        {"mprotect",
         [] {
             void* page = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
         }},
        {"ptrace", [] { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }},
        {"process_vm_readv", [] { make(SYS_process_vm_readv); }},
        {"kill", [] { ::kill(1, 0); }},
        {"prctl", [] { ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0); }},
        {"bpf", [] { make(SYS_bpf); }},
        {"io_uring_setup", [] { make(SYS_io_uring_setup); }},
        {"mount", [] { make(SYS_mount); }},
        {"keyctl", [] { make(SYS_keyctl); }},
        {"personality", [] { make(SYS_personality, 0xFFFFFFFF); }},
        {"prlimit64", [] { make(SYS_prlimit64); }},
        {"memfd_create", [] { make(SYS_memfd_create); }},
        {"dup", [] { ::dup(0); }},
    };
}

void check_refused(Profile profile, const RefusedCall& call) {
    CAPTURE(call.name);
    const Ending ending = confined(profile, [&] {
        call.make();
        return 0;
    });
    CHECK(ending.exit_code == k_refused);
    CHECK(ending.said.starts_with("cloudhijack: the sandbox refused the system call "));
    CHECK(ending.said.contains(" (" + call.name + "), which "));
}

/// A folder with a file `readable/file` and a file `other`, which is removed at the end.
class TestFolder {
  public:
    TestFolder() {
        std::string path = (fs::temp_directory_path() / "sandbox.XXXXXX").string();
        REQUIRE(::mkdtemp(path.data()) != nullptr);
        path_ = path;
        fs::create_directories(path_ / "readable/deep");
        for (const char* name : {"readable/deep/file", "other"})
            std::ofstream(path_ / name) << name;
    }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;
    TestFolder(TestFolder&&) = delete;
    TestFolder& operator=(TestFolder&&) = delete;
    ~TestFolder() { fs::remove_all(path_); }

    [[nodiscard]] std::string operator/(const char* name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

// The error number of opening a path; 0 if it could be opened.
int open_error(const std::string& path, int flags = O_RDONLY) {
    return ::open(path.c_str(), flags, 0600) < 0 ? errno : 0;
}

}  // namespace

TEST_CASE("sandbox: calls that no profile allows" * doctest::skip(has_no_filters())) {
    for (const RefusedCall& call : refused_everywhere()) {
        check_refused(Profile::search, call);
        check_refused(Profile::scan, call);
    }
}

TEST_CASE("sandbox: a search cannot open files or start threads" *
          doctest::skip(has_no_filters())) {
    check_refused(Profile::search, {"openat", [] { ::open("/dev/null", O_RDONLY); }});
    check_refused(Profile::search, {"newfstatat", [] { make(SYS_newfstatat); }});
    check_refused(Profile::search, {"clone", [] { make(SYS_clone, 0x3d0f00); }});
    check_refused(Profile::search, {"clone3", [] { make(SYS_clone3); }});
    check_refused(Profile::search, {"rt_sigaction", [] { std::signal(SIGSYS, SIG_IGN); }});
}

TEST_CASE("sandbox: a scan without an output file cannot change files" *
          doctest::skip(has_no_filters())) {
    check_refused(Profile::scan, {"openat", [] { ::open("/dev/null", O_WRONLY); }});
    check_refused(Profile::scan, {"openat", [] { ::open("/dev/null", O_RDONLY | O_CREAT, 0600); }});
    check_refused(Profile::scan, {"unlinkat", [] { make(SYS_unlinkat); }});
    check_refused(Profile::scan, {"renameat2", [] { make(SYS_renameat2); }});
}

TEST_CASE("sandbox: a scan cannot let a file send signals to others" *
          doctest::skip(has_no_filters())) {
    for (const Profile profile : {Profile::scan, Profile::scan_to_file}) {
        check_refused(profile, {"fcntl", [] { ::fcntl(0, F_SETOWN, 1); }});
        check_refused(profile, {"fcntl", [] { ::fcntl(0, F_SETFL, O_ASYNC); }});
    }
}

TEST_CASE("sandbox: a signal that looks like a refused call" * doctest::skip(has_no_filters())) {
    const Ending ending = confined(Profile::scan, [] {
        std::raise(SIGSYS);
        return 0;
    });
    CHECK(ending.exit_code == k_refused);
    CHECK(ending.said == "cloudhijack: ended by SIGSYS, which another process has sent\n");
}

TEST_CASE("sandbox: a call without a name in the table" * doctest::skip(has_no_filters())) {
    const Ending ending = confined(Profile::scan, [] {
        make(999);
        return 0;
    });
    CHECK(ending.exit_code == k_refused);
    CHECK(ending.said ==
          "cloudhijack: the sandbox refused the system call 999, which cloudhijack does not need; "
          "this is a defect of the program or an attack: report it as SECURITY.md describes\n");
}

TEST_CASE("sandbox: a search keeps what it needs" * doctest::skip(has_no_filters())) {
    const Ending ending = confined(Profile::search, [] {
        std::vector<char> bytes(std::size_t{64} << 20U, 'x');
        bytes.resize(std::size_t{200} << 20U);  // a call of its own for memory of this size
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        const timespec pause{.tv_sec = 0, .tv_nsec = 1};
        ::nanosleep(&pause, nullptr);
        std::array<char, 8> seed{};
        if (::getentropy(seed.data(), seed.size()) != 0) return 2;
        try {
            throw std::bad_alloc();
        } catch (const std::bad_alloc&) {
            return std::fputs("said", stderr) < 0 ? 3 : 0;
        }
    });
    CHECK(ending.exit_code == 0);
    CHECK(ending.said == "said");
}

TEST_CASE("sandbox: a process can still abort" * doctest::skip(has_no_filters())) {
    for (const Profile profile : {Profile::search, Profile::scan}) {
        CHECK(confined(profile, []() -> int { std::abort(); }).signal == SIGABRT);
    }
}

TEST_CASE("sandbox: a scan can start threads, which are confined as well" *
          doctest::skip(has_no_filters())) {
    const auto in_thread = [](void (*act)()) {
        return confined(Profile::scan, [act] {
            std::thread(act).join();
            return 5;
        });
    };
    CHECK(in_thread([] { ::close(::open("/dev/null", O_RDONLY)); }).exit_code == 5);
    CHECK(in_thread([] { ::socket(AF_INET, SOCK_STREAM, 0); }).exit_code == k_refused);
}

TEST_CASE("sandbox: privileges and dumps" * doctest::skip(!k_is_built_in)) {
    for (const Profile profile : {Profile::search, Profile::scan}) {
        const Ending ending = in_child([profile] {
            give_up_privileges(profile);
            rlimit core{};
            ::getrlimit(RLIMIT_CORE, &core);
            const bool can_be_dumped = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1;
            const bool is_hidden = profile == Profile::search;
            if (core.rlim_cur != 0 || core.rlim_max != 0) return 2;
            if (::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return 3;
            return can_be_dumped == is_hidden ? 4 : 0;
        });
        CHECK(ending.exit_code == 0);
    }
}

TEST_CASE("sandbox: a limit of memory" * doctest::skip(!k_is_built_in)) {
    const auto allocate_under = [](std::uint64_t limit) {
        return in_child([limit] {
            limit_memory(limit);
            limit_memory(limit * 2);  // a limit cannot be raised again
            try {
                const std::vector<char> bytes(std::size_t{512} << 20U);
                return bytes.empty() ? 2 : 0;
            } catch (const std::bad_alloc&) {
                return 1;
            }
        });
    };
    CHECK(allocate_under(std::uint64_t{256} << 20U).exit_code == 1);
    CHECK(allocate_under(std::uint64_t{4} << 30U).exit_code == 0);
    CHECK(allocate_under(0).exit_code == 0);
}

TEST_CASE("landlock: files beneath what is readable, and no others" *
          doctest::skip(has_no_landlock())) {
    const TestFolder folder;
    fs::create_symlink(folder / "other", folder / "readable/link");
    const auto error_of = [&](const FileRights& rights, const char* name, int flags) {
        return in_child([&] {
                   give_up_privileges(Profile::scan);
                   return restrict_files(rights) ? open_error(folder / name, flags) : 255;
               })
            .exit_code;
    };
    const FileRights beneath{.readable = {folder / "readable", folder / "missing"}};
    CHECK(error_of(beneath, "readable/deep/file", O_RDONLY) == 0);
    CHECK(error_of(beneath, "other", O_RDONLY) == EACCES);
    CHECK(error_of(beneath, "readable/link", O_RDONLY) == EACCES);
    CHECK(error_of(beneath, "readable/gone", O_RDONLY) == ENOENT);
    CHECK(error_of(beneath, "readable/deep/file", O_WRONLY) == EACCES);
    CHECK(error_of(beneath, "readable/new", O_WRONLY | O_CREAT) == EACCES);
    const FileRights link{.readable = {folder / "readable/link"}};
    CHECK(error_of(link, "other", O_RDONLY) == 0);
    CHECK(error_of(link, "readable/deep/file", O_RDONLY) == EACCES);
    const FileRights created{.created_in = folder / "readable"};
    CHECK(error_of(created, "readable/new", O_WRONLY | O_CREAT) == 0);
    CHECK(error_of(created, "new", O_WRONLY | O_CREAT) == EACCES);
}

TEST_CASE("landlock: a file is completed in its folder alone" * doctest::skip(has_no_landlock())) {
    const TestFolder folder;
    const auto rename_error = [&](const char* from, const char* to) {
        return in_child([&] {
                   give_up_privileges(Profile::scan);
                   if (!restrict_files({.completed_in = folder / "readable/deep"})) return 255;
                   const std::string source = folder / from;
                   const std::string target = folder / to;
                   return std::rename(source.c_str(), target.c_str()) == 0 ? 0 : errno;
               })
            .exit_code;
    };
    std::ofstream(folder / "readable/deep/part") << "part";
    CHECK(rename_error("readable/deep/part", "readable/deep/file") == 0);
    CHECK(rename_error("readable/deep/file", "other") == EACCES);
    CHECK(rename_error("other", "another") == EACCES);
}

TEST_CASE("landlock: pipes need no permission" * doctest::skip(has_no_landlock())) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const std::string path = "/dev/fd/" + std::to_string(ends[0]);
    const Ending ending = in_child([&] {
        give_up_privileges(Profile::scan);
        return restrict_files({.readable = {path}}) ? open_error(path) : 255;
    });
    CHECK(ending.exit_code == 0);
    for (const int end : ends) ::close(end);
}
