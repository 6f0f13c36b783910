// A search that makes a system call which it must not make, for tests/e2e/test_sandbox.py. The
// argument says when: `reading` the body of a request that contains the word `refuse`, or between
// the head and the body of a reply (`writing`), of which the getinfo reply has none.

#include <sys/socket.h>
#include <unistd.h>

#include <string_view>
#include <utility>

#include "config/setup.hpp"
#include "io/file_descriptor.hpp"
#include "search/search_command.hpp"

using namespace cloudhijack;

namespace {

void make_refused_call() { static_cast<void>(::socket(AF_INET, SOCK_STREAM, 0)); }

io::ByteSource calling(io::ByteSource source) {
    return [source = std::move(source)](std::span<char> buffer) mutable {
        auto count = source(buffer);
        if (count && std::string_view(buffer.data(), *count).contains("refuse")) {
            make_refused_call();
        }
        return count;
    };
}

io::ByteSink calling(io::ByteSink sink) {
    return [sink = std::move(sink)](std::string_view bytes) mutable {
        if (!bytes.starts_with("chunked ")) make_refused_call();
        return sink(bytes);
    };
}

}  // namespace

int main(int argc, char** argv) {
    const bool writing = argc > 1 && std::string_view(argv[1]) == "writing";
    auto requests = io::read_from(STDIN_FILENO);
    auto replies = io::write_to(STDOUT_FILENO);
    const auto ended = search::run_search_command(
        config::read_built_in_setup(),
        {.requests = writing ? std::move(requests) : calling(std::move(requests)),
         .leftovers = io::read_from(STDIN_FILENO),
         .replies = writing ? calling(std::move(replies)) : std::move(replies)},
        search::confine_process(0));
    return ended ? 0 : search::k_search_failed;
}
