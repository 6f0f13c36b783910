// The whole program, which makes a system call that it must not make, for
// tests/e2e/test_sandbox.py: once it has read `refuse NAME`, the call of that name, and if the
// environment variable REFUSE_WRITING is set, a call between the head and the body of a reply.

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace {

void make_refused_call(std::string_view read) {
    constexpr std::string_view mark = "refuse ";
    const auto place = read.find(mark);
    if (place == std::string_view::npos) return;
    const std::string_view name = read.substr(place + mark.size());
    if (name.starts_with("socket")) ::socket(AF_INET, SOCK_STREAM, 0);
    if (name.starts_with("open")) ::close(::open("/etc/passwd", O_RDONLY));
    if (name.starts_with("create")) ::close(::creat("/tmp/cloudhijack-refused", 0600));
    if (name.starts_with("execve")) ::execl("/bin/true", "true", nullptr);
    if (name.starts_with("fork") && ::fork() == 0) ::_exit(0);
}

}  // namespace

// The linker puts these in place of read and write.
extern "C" {

ssize_t __real_read(int descriptor, void* buffer, std::size_t size);
ssize_t __real_write(int descriptor, const void* bytes, std::size_t size);

ssize_t __wrap_read(int descriptor, void* buffer, std::size_t size) {
    const ssize_t count = __real_read(descriptor, buffer, size);
    if (count > 0) {
        make_refused_call({static_cast<const char*>(buffer), static_cast<std::size_t>(count)});
    }
    return count;
}

ssize_t __wrap_write(int descriptor, const void* bytes, std::size_t size) {
    const std::string_view text(static_cast<const char*>(bytes), size);
    // The first reply has no body.
    if (descriptor == STDOUT_FILENO && !text.starts_with("chunked ") &&
        std::getenv("REFUSE_WRITING") != nullptr) {
        make_refused_call("refuse socket");
    }
    return __real_write(descriptor, bytes, size);
}
}
