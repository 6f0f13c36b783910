#include "io/file_descriptor.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace cloudhijack::io {
namespace {

std::string describe(int error_number) { return std::generic_category().message(error_number); }

// The parent process may have made its end of a shared file description non-blocking.
void wait_for(int descriptor, short event) {
    pollfd waiting{.fd = descriptor, .events = event, .revents = 0};
    ::poll(&waiting, 1, /*timeout=*/-1);
}

}  // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

void widen_pipe(int descriptor) {
    constexpr int wanted = 1024 * 1024;  // bytes; the default limit for an unprivileged user
    ::fcntl(descriptor, F_SETPIPE_SZ, wanted);
}

ByteSource read_from(int descriptor) {
    return [descriptor](std::span<char> buffer) -> Result<std::size_t> {
        while (true) {
            const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno == EAGAIN) {
                wait_for(descriptor, POLLIN);
            } else if (errno != EINTR) {
                return failure("cannot read the input: " + describe(errno));
            }
        }
    };
}

ByteSource read_until_stopped(int descriptor, const StopRequest& stop) {
    return [descriptor, &stop](std::span<char> buffer) -> Result<std::size_t> {
        while (true) {
            std::array<pollfd, 2> waiting{
                {{.fd = descriptor, .events = POLLIN, .revents = 0},
                 // poll() ignores a negative descriptor.
                 {.fd = stop.descriptor(), .events = POLLIN, .revents = 0}}};
            ::poll(waiting.data(), waiting.size(), /*timeout=*/-1);
            if (stop.reason() != 0) return stopped();
            if (waiting.front().revents == 0) continue;
            const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
            if (count >= 0) return static_cast<std::size_t>(count);
            if (errno != EAGAIN && errno != EINTR) {
                return failure("cannot read the input: " + describe(errno));
            }
        }
    };
}

ByteSink write_to(int descriptor) {
    return [descriptor](std::string_view bytes) -> Result<> {
        while (!bytes.empty()) {
            const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
            if (count >= 0) {
                bytes.remove_prefix(static_cast<std::size_t>(count));
            } else if (errno == EPIPE) {
                return peer_gone();
            } else if (errno == EAGAIN) {
                wait_for(descriptor, POLLOUT);
            } else if (errno != EINTR) {
                return failure("cannot write the output: " + describe(errno));
            }
        }
        return {};
    };
}

bool wait_for_bytes(int descriptor) {
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    while (::poll(&waiting, 1, /*timeout=*/-1) < 0 && errno == EINTR) {
    }
    return (waiting.revents & POLLIN) != 0;
}

ByteSource read_until_silent(int descriptor, std::chrono::milliseconds silence) {
    return
        [source = read_from(descriptor), descriptor, timeout = static_cast<int>(silence.count())](
            std::span<char> buffer) mutable -> Result<std::size_t> {
            pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
            if (::poll(&waiting, 1, timeout) <= 0) return 0;
            return source(buffer);
        };
}

}  // namespace cloudhijack::io
