#pragma once

#include <string_view>

namespace cloudhijack::search {

/// Prepares the reply for a system call that the sandbox refuses, because a signal handler cannot
/// make one. `before` and `after` are the parts of the message around the name of the call.
void prepare_reply_to_refusal(std::string_view before, std::string_view after);

/// Ends the search with the prepared error, if no reply is half written, and reads the request that
/// Splunk is still writing, so that the two sides do not wait for each other. Async-signal-safe.
void reply_to_refusal(std::string_view call);

}  // namespace cloudhijack::search
