#include "io/file_descriptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>

using namespace cloudhijack;

namespace {

struct Pipe {
    Pipe() { REQUIRE(::pipe(ends.data()) == 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    void close_reader() {
        ::close(ends[0]);
        ends[0] = -1;
    }
    void close_writer() {
        ::close(ends[1]);
        ends[1] = -1;
    }

    std::array<int, 2> ends{};
};

void make_non_blocking(int descriptor) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

}  // namespace

TEST_CASE("descriptor: reads what there is, then the end") {
    Pipe pipe;
    auto sink = io::write_to(pipe.ends[1]);
    REQUIRE(sink("hello"));
    pipe.close_writer();
    auto source = io::read_from(pipe.ends[0]);
    std::array<char, 100> buffer{};
    CHECK(source(buffer).value() == 5);
    CHECK(std::string(buffer.data(), 5) == "hello");
    CHECK(source(buffer).value() == 0);
}

TEST_CASE("descriptor: non-blocking ends are waited for, and nothing is lost") {
    Pipe pipe;
    make_non_blocking(pipe.ends[0]);
    make_non_blocking(pipe.ends[1]);
    const std::string sent(3'000'000, 'x');
    std::string received;
    std::jthread reader([&] {
        auto source = io::read_from(pipe.ends[0]);
        std::array<char, 1'000> buffer{};
        while (received.size() < sent.size()) {
            const auto count = source(buffer);
            if (!count || *count == 0) return;
            received.append(buffer.data(), *count);
        }
    });
    auto sink = io::write_to(pipe.ends[1]);
    CHECK(sink(sent));
    reader.join();
    CHECK(received == sent);
}

TEST_CASE("descriptor: a reader that has gone is told apart from an error") {
    std::signal(SIGPIPE, SIG_IGN);
    Pipe pipe;
    pipe.close_reader();
    auto sink = io::write_to(pipe.ends[1]);
    const auto written = sink("x");
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == Error::Kind::gone);
    auto closed = io::write_to(-1);
    const auto failed = closed("x");
    REQUIRE_FALSE(failed);
    CHECK(failed.error().text.starts_with("cannot write the output: "));
    auto source = io::read_from(-1);
    std::array<char, 10> buffer{};
    CHECK(source(buffer).error().text.starts_with("cannot read the input: "));
}

TEST_CASE("descriptor: silence ends the patient source") {
    Pipe pipe;
    auto source = io::read_until_silent(pipe.ends[0], std::chrono::milliseconds{1});
    std::array<char, 10> buffer{};
    CHECK(source(buffer).value() == 0);
    REQUIRE(io::write_to(pipe.ends[1])("ab"));
    CHECK(source(buffer).value() == 2);
    CHECK(source(buffer).value() == 0);
}
