#include "search/refused_call.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstddef>
#include <string>

#include "sandbox/refusal.hpp"
#include "scp/chunk_writer.hpp"
#include "scp/limits.hpp"
#include "scp/metadata.hpp"

namespace cloudhijack::search {
namespace {

constexpr std::string_view k_place_of_call = "<call>";

/// An error reply, around the name of the call. A signal handler can only reach globals.
struct PreparedReply {
    std::string before;
    std::string after;
};

PreparedReply& prepared_reply() {
    static PreparedReply reply;
    return reply;
}

void discard_request() {
    constexpr auto k_silence = static_cast<int>(scp::k_silence_after_error.count());
    std::array<char, std::size_t{16} * 1024> discarded{};
    std::size_t count = 0;
    while (count < scp::k_most_after_error) {
        pollfd waiting{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0};
        if (::poll(&waiting, 1, k_silence) <= 0) return;
        const ssize_t taken = ::read(STDIN_FILENO, discarded.data(), discarded.size());
        if (taken <= 0) return;
        count += static_cast<std::size_t>(taken);
    }
}

}  // namespace

void prepare_reply_to_refusal(std::string_view before, std::string_view after) {
    std::string text(before);
    text.append(k_place_of_call).append(after);
    const std::string reply = scp::error_reply(text);
    const auto place = reply.find(k_place_of_call);
    prepared_reply() = {.before = reply.substr(0, place),
                        .after = reply.substr(place + k_place_of_call.size())};
}

void reply_to_refusal(std::string_view call) {
    if (scp::has_open_frame()) return;
    const PreparedReply& reply = prepared_reply();
    constexpr std::string_view head = "chunked 1.0,";
    constexpr std::string_view tail = ",0\n";
    const std::size_t length = reply.before.size() + call.size() + reply.after.size();
    std::array<char, 64> frame{};
    char* end = head.copy(frame.data(), head.size()) + frame.data();
    end = std::to_chars(end, frame.data() + frame.size() - tail.size(), length).ptr;
    end += tail.copy(end, tail.size());
    const std::string_view parts[] = {{frame.data(), static_cast<std::size_t>(end - frame.data())},
                                      reply.before,
                                      call,
                                      reply.after};
    for (const std::string_view part : parts) sandbox::write_all(STDOUT_FILENO, part);
    discard_request();
}

}  // namespace cloudhijack::search
