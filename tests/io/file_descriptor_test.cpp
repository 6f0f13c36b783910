#include "io/file_descriptor.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>
#include <thread>
#include <vector>

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

TEST_CASE("descriptor: reads the available bytes, then the end") {
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

TEST_CASE("descriptor: waits for non-blocking ends and loses nothing") {
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

TEST_CASE("descriptor: a reader that has gone is distinguished from an error") {
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

TEST_CASE("descriptor: silence ends the source of read_until_silent") {
    Pipe pipe;
    auto source = io::read_until_silent(pipe.ends[0], std::chrono::milliseconds{1});
    std::array<char, 10> buffer{};
    CHECK(source(buffer).value() == 0);
    REQUIRE(io::write_to(pipe.ends[1])("ab"));
    CHECK(source(buffer).value() == 2);
    CHECK(source(buffer).value() == 0);
}

TEST_CASE("descriptor: a stop ends the waiting reads of all readers") {
    io::StopRequest stop;
    CHECK(stop.reason() == 0);
    std::array<Pipe, 3> pipes;
    std::vector<std::jthread> readers;
    std::array<bool, 3> were_stopped{};
    for (std::size_t i = 0; i < pipes.size(); ++i) {
        REQUIRE(io::write_to(pipes[i].ends[1])("hello"));
        readers.emplace_back([&, i] {
            auto source = io::read_until_stopped(pipes[i].ends[0], stop);
            std::array<char, 100> buffer{};
            const auto read = source(buffer);
            if (!read || *read != 5) return;
            const auto ended = source(buffer);
            were_stopped[i] = !ended && ended.error().kind == Error::Kind::stopped;
        });
    }
    std::jthread([&] {
        for (const Pipe& pipe : pipes) {
            int unread = 1;
            while (unread > 0) ::ioctl(pipe.ends[0], FIONREAD, &unread);
        }
        CHECK(stop.make(15));
    }).join();
    readers.clear();
    CHECK(were_stopped == std::array{true, true, true});
    CHECK_FALSE(stop.make(2));
    CHECK(stop.reason() == 15);
}

TEST_CASE("descriptor: without a stop a pipe is read to its end, non-blocking or not") {
    for (const bool non_blocking : {false, true}) {
        Pipe pipe;
        if (non_blocking) make_non_blocking(pipe.ends[0]);
        const io::StopRequest stop;
        auto source = io::read_until_stopped(pipe.ends[0], stop);
        std::array<char, 100> buffer{};
        std::jthread writer([&] {
            CHECK(io::write_to(pipe.ends[1])("hello"));
            pipe.close_writer();
        });
        CHECK(source(buffer).value() == 5);
        CHECK(source(buffer).value() == 0);
    }
    const io::StopRequest stop;
    std::array<char, 1> buffer{};
    auto no_descriptor = io::read_until_stopped(1'000'000, stop);
    CHECK_FALSE(no_descriptor(buffer));
}
