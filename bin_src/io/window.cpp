#include "io/window.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace cloudhijack::io {
namespace {

// The memory is not zeroed: touching fresh memory costs ten times as much as reading a pipe.
std::unique_ptr<char[]> allocate(std::size_t capacity) {
    return std::make_unique_for_overwrite<char[]>(capacity + k_padding);
}

}  // namespace

Window::Window(ByteSource source, std::size_t maximum_capacity)
    : source_(std::move(source)),
      maximum_capacity_(std::max(maximum_capacity, k_initial_capacity)),
      capacity_(k_initial_capacity),
      buffer_(allocate(capacity_)),
      bytes_(buffer_.get()) {}

std::span<char> Window::unread() const {
    const std::uint64_t visible = std::min<std::uint64_t>(end_ - begin_, limit_);
    return {bytes_ + begin_, static_cast<std::size_t>(visible)};
}

Result<Window::Fill> Window::more() {
    if (end_ - begin_ >= limit_) return Fill::limit;
    if (!source_) return Fill::end;
    if (end_ == capacity_) {
        if (begin_ > 0) {
            std::memmove(bytes_, bytes_ + begin_, end_ - begin_);
            end_ -= std::exchange(begin_, 0);
        } else if (capacity_ < maximum_capacity_) {
            move_into(std::min(capacity_ * 2, maximum_capacity_));
        } else {
            return Fill::full;
        }
    }
    const auto count = source_({bytes_ + end_, capacity_ - end_});
    if (!count) return std::unexpected(count.error());
    end_ += *count;
    return *count > 0 ? Fill::more : Fill::end;
}

void Window::consume(std::size_t count) {
    begin_ += count;
    if (limit_ != k_no_limit) limit_ -= count;
    if (begin_ == end_) begin_ = end_ = 0;
}

void Window::shrink() {
    if (capacity_ > k_initial_capacity && end_ - begin_ <= k_initial_capacity) {
        move_into(k_initial_capacity);
    }
}

void Window::move_into(std::size_t capacity) {
    auto moved = allocate(capacity);
    std::memcpy(moved.get(), bytes_ + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
    buffer_ = std::move(moved);
    bytes_ = buffer_.get();
    capacity_ = capacity;
}

}  // namespace cloudhijack::io
