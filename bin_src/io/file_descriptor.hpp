#pragma once

#include <chrono>

#include "io/byte_stream.hpp"
#include "io/stop_request.hpp"

namespace cloudhijack::io {

/// Asks for a larger pipe behind a descriptor, so that its two ends wait less for each other. What
/// is no pipe, or may not grow, stays as it is.
void widen_pipe(int descriptor);

/// The descriptor stays the caller's and must outlive what is returned.
ByteSource read_from(int descriptor);

/// As read_from, for a pipe, a terminal or a socket, until a stop is requested: then an error of
/// Error::Kind::stopped, even while it waits. A named pipe that was opened non-blocking is waited
/// for until it has a writer.
ByteSource read_until_stopped(int descriptor, const StopRequest& stop);

/// The process must ignore SIGPIPE, so that a closed pipe is an error code and not its death.
ByteSink write_to(int descriptor);

/// As read_from, but the input also ends where `silence` passes without a byte.
ByteSource read_until_silent(int descriptor, std::chrono::milliseconds silence);

}  // namespace cloudhijack::io
