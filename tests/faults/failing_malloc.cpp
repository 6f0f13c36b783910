// The program with an allocator that fails: it runs the program once for each number N, in a
// process of its own, and lets the N-th allocation fail, alone or with all that follow.
//
// usage: cloudhijack_failing_malloc INPUT once|on FIRST STEP COUNT [ARGUMENT]...
//
// INPUT becomes standard input. It runs COUNT times, with N = FIRST, FIRST + STEP and so on; with
// N = 0 nothing fails. Each run prints one line of JSON: N, the number of allocations, the exit
// code or the negative number of the signal, and what the run wrote on both outputs.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <new>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

/// Shared with the process that runs the program.
struct Allocations {
    std::atomic<std::uint64_t> count = 0;
    std::uint64_t first_failure = 0;  ///< 0: none
    bool fail_all_after = false;
};

Allocations* allocations = nullptr;
bool is_counting = false;  ///< only in the process that runs the program

bool may_allocate() {
    if (!is_counting) return true;
    const std::uint64_t number = ++allocations->count;
    const std::uint64_t failure = allocations->first_failure;
    const bool fails =
        failure != 0 && (allocations->fail_all_after ? number >= failure : number == failure);
    if (fails) errno = ENOMEM;
    return !fails;
}

}  // namespace

// The linker passes all calls of these functions here, also those of the libraries.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {

void* __real_malloc(std::size_t size);
void* __real_calloc(std::size_t count, std::size_t size);
void* __real_realloc(void* memory, std::size_t size);
void* __real_aligned_alloc(std::size_t alignment, std::size_t size);
int __real_posix_memalign(void** memory, std::size_t alignment, std::size_t size);
int __real_main(int argc, char** argv);

void* __wrap_malloc(std::size_t size) { return may_allocate() ? __real_malloc(size) : nullptr; }

void* __wrap_calloc(std::size_t count, std::size_t size) {
    return may_allocate() ? __real_calloc(count, size) : nullptr;
}

void* __wrap_realloc(void* memory, std::size_t size) {
    return may_allocate() ? __real_realloc(memory, size) : nullptr;
}

void* __wrap_aligned_alloc(std::size_t alignment, std::size_t size) {
    return may_allocate() ? __real_aligned_alloc(alignment, size) : nullptr;
}

int __wrap_posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
    return may_allocate() ? __real_posix_memalign(memory, alignment, size) : ENOMEM;
}

}  // extern "C"

#ifdef CLOUDHIJACK_SANITIZE
// The sanitizer's own operators do not call malloc.
void* operator new(std::size_t size) {
    if (void* memory = __wrap_malloc(size)) return memory;
    throw std::bad_alloc();
}
void* operator new[](std::size_t size) { return operator new(size); }
void* operator new(std::size_t size, const std::nothrow_t& /*unused*/) noexcept {
    return __wrap_malloc(size);
}
void* operator new[](std::size_t size, const std::nothrow_t& /*unused*/) noexcept {
    return __wrap_malloc(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    void* memory = nullptr;
    if (__wrap_posix_memalign(&memory, static_cast<std::size_t>(alignment), size) == 0) {
        return memory;
    }
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*unused*/) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t /*unused*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t /*unused*/) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*unused*/, std::align_val_t /*unused*/) noexcept {
    std::free(memory);
}
#endif

namespace {

constexpr unsigned k_watchdog = 120;  // seconds; only a run that hangs takes this long

std::string text_of(int descriptor) {
    std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
    const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}

int new_output(const char* name) { return ::memfd_create(name, MFD_CLOEXEC); }

// In the process of the run; does not return.
void run_program(const char* input, int output, int errors, std::vector<char*>& arguments) {
    const int opened = ::open(input, O_RDONLY | O_CLOEXEC);
    if (opened < 0 || ::dup2(opened, STDIN_FILENO) < 0 || ::dup2(output, STDOUT_FILENO) < 0 ||
        ::dup2(errors, STDERR_FILENO) < 0) {
        std::perror("cloudhijack_failing_malloc");
        ::_exit(3);
    }
    ::close(opened);
    ::alarm(k_watchdog);
    is_counting = true;
    std::exit(__real_main(static_cast<int>(arguments.size()) - 1, arguments.data()));
}

void run_once(const char* input, std::vector<char*>& arguments) {
    const int output = new_output("stdout");
    const int errors = new_output("stderr");
    const pid_t child = ::fork();
    if (child == 0) run_program(input, output, errors, arguments);
    int status = 0;
    ::waitpid(child, &status, 0);
    const nlohmann::json line = {
        {"failure", allocations->first_failure},
        {"allocations", allocations->count.load()},
        {"exit", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status)},
        {"stdout", text_of(output)},
        {"stderr", text_of(errors)}};
    ::close(output);
    ::close(errors);
    std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << std::endl;
}

}  // namespace

extern "C" int __wrap_main(int argc, char** argv) {
    if (argc < 6) {
        std::cerr << "usage: cloudhijack_failing_malloc INPUT once|on FIRST STEP COUNT "
                     "[ARGUMENT]...\n";
        return 2;
    }
    void* shared = ::mmap(nullptr, sizeof(Allocations), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED) return 3;
    const std::uint64_t first = std::stoull(argv[3]);
    const std::uint64_t step = std::stoull(argv[4]);
    const std::uint64_t count = std::stoull(argv[5]);
    std::vector<char*> arguments{argv[0]};
    arguments.insert(arguments.end(), argv + 6, argv + argc);
    arguments.push_back(nullptr);
    for (std::uint64_t i = 0; i < count; ++i) {
        allocations = new (shared) Allocations;
        allocations->first_failure = first + i * step;
        allocations->fail_all_after = std::string_view(argv[2]) == "on";
        run_once(argv[1], arguments);
    }
    return 0;
}
// NOLINTEND(bugprone-reserved-identifier)
