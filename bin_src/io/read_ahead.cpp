#include "io/read_ahead.hpp"

#include <algorithm>
#include <utility>

namespace cloudhijack::io {
namespace {

constexpr std::size_t k_read_ahead = std::size_t{64} * 1024;

}  // namespace

ReadAhead::ReadAhead(ByteSource source) : source_(std::move(source)), buffer_(k_read_ahead) {}

Result<bool> ReadAhead::more() {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= std::exchange(begin_, 0);
    const auto count = source_(std::span(buffer_).subspan(end_));
    if (!count) return std::unexpected(count.error());
    end_ += *count;
    return *count > 0;
}

Result<> ReadAhead::fill(std::size_t count) {
    while (bytes().size() < count) {
        const auto read = more();
        if (!read) return std::unexpected(read.error());
        if (!*read) break;
    }
    return {};
}

Result<bool> ReadAhead::pass_padding() {
    while (is_padding(bytes())) {
        consume(bytes().size());
        const auto read = more();
        if (!read) return std::unexpected(read.error());
        if (!*read) return true;
    }
    return false;
}

bool is_padding(std::span<const char> bytes) {
    return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

}  // namespace cloudhijack::io
