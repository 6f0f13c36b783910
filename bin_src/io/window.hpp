#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "io/byte_stream.hpp"

namespace cloudhijack::io {

/// The number of bytes after `unread()` that may be read, with undefined content: simdjson requires
/// them.
inline constexpr std::size_t k_padding = 64;

/// A reusable buffer that slides over a byte source or over a text in memory.
///
/// A caller looks at `unread()`, calls `more()` until it sees a whole item, and consumes that. The
/// buffer doubles for an item that does not fit, up to its maximum, and `shrink()` frees the growth
/// again: memory follows the largest item and never a length that the input claims.
class Window {
  public:
    enum class Fill {
        more,   ///< unread() has grown at its end; earlier spans of it are invalid
        limit,  ///< unread() already reaches the limit
        end,    ///< the source has ended
        full,   ///< unread() fills the largest buffer that is allowed
    };

    static constexpr std::size_t k_initial_capacity = std::size_t{256} * 1024;
    static constexpr std::uint64_t k_no_limit = std::numeric_limits<std::uint64_t>::max();

    Window(ByteSource source, std::size_t maximum_capacity);

    /// A window over a text in memory, which is not copied. It must outlive the window and be
    /// followed by k_padding readable bytes.
    explicit Window(std::span<char> text) : bytes_(text.data()), end_(text.size()) {}

    /// The bytes that were read and not consumed, up to the limit. The caller may change them in
    /// place. The span is valid until the next more(), shrink() or the window's destruction.
    [[nodiscard]] std::span<char> unread() const;

    /// Reads more bytes. An error is the source's.
    Result<Fill> more();

    /// Drops the first `count` bytes of unread(), which must hold at least that many.
    void consume(std::size_t count);

    /// Limits unread() to the next `count` bytes from here on, until the next call; k_no_limit
    /// removes the limit.
    void set_limit(std::uint64_t count) { limit_ = count; }
    [[nodiscard]] std::uint64_t limit() const { return limit_; }

    [[nodiscard]] bool has_bytes_after_limit() const { return end_ - begin_ > limit_; }

    /// Frees the growth of the buffer if the unread bytes fit the initial size.
    void shrink();

  private:
    void move_into(std::size_t capacity);

    ByteSource source_;  ///< empty over a text in memory
    std::size_t maximum_capacity_ = 0;
    std::size_t capacity_ = 0;
    std::unique_ptr<char[]> buffer_;
    char* bytes_;  ///< the first byte of the buffer or the text
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t limit_ = k_no_limit;
};

}  // namespace cloudhijack::io
