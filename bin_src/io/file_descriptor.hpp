#pragma once

#include <chrono>

#include "io/byte_stream.hpp"
#include "io/stop_request.hpp"

namespace cloudhijack::io {

/// A descriptor that is closed at the end; -1 if opening failed.
class Descriptor {
  public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor(Descriptor&&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor();

    [[nodiscard]] int number() const { return number_; }

  private:
    int number_;
};

/// Enlarges the buffer of a pipe, so that its two ends wait less for each other. Does nothing if
/// the descriptor is not a pipe or the pipe may not grow.
void widen_pipe(int descriptor);

/// The caller keeps the ownership of the descriptor, which must outlive the source.
ByteSource read_from(int descriptor);

/// As read_from, for a pipe, a terminal or a socket, until a stop is requested: the read, even one
/// that waits, then fails with Error::Kind::stopped. If a named pipe was opened non-blocking, the
/// source waits until the pipe has a writer.
ByteSource read_until_stopped(int descriptor, const StopRequest& stop);

/// The process must ignore SIGPIPE, so that writing to a closed pipe is an error instead of killing
/// it.
ByteSink write_to(int descriptor);

/// Waits until bytes can be read from the descriptor. False if the other end of a pipe is closed
/// and no bytes are left.
bool wait_for_bytes(int descriptor);

/// As read_from, but the input also ends when no byte has arrived for the time `silence`.
ByteSource read_until_silent(int descriptor, std::chrono::milliseconds silence);

}  // namespace cloudhijack::io
