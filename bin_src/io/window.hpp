#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>

#include "io/byte_stream.hpp"

namespace cloudhijack::io {

/// Bytes behind `unread()` that may be read, whatever they hold: what simdjson asks for.
inline constexpr std::size_t k_padding = 64;

/// One reused buffer that slides over a byte source, or a text that is in memory already.
///
/// A caller looks at `unread()`, asks for `more()` until it sees a whole item, and consumes it. The
/// buffer doubles for an item that does not fit, up to its maximum, and `shrink()` gives that back:
/// memory follows the largest item and never a length that the input claims.
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

    /// Over the text where it stands, which must outlive the window, with k_padding readable bytes
    /// behind it.
    explicit Window(std::span<char> text) : bytes_(text.data()), end_(text.size()) {}

    /// Bytes read and not consumed, as far as the limit allows. Valid, and the caller's to change
    /// in place, until the next more(), shrink() or destruction.
    [[nodiscard]] std::span<char> unread() const;

    /// An error is the source's.
    Result<Fill> more();

    /// Drops the first `count` bytes of unread(), which holds at least so many.
    void consume(std::size_t count);

    /// From here on only the next `count` bytes show, until the next call; k_no_limit shows all.
    void set_limit(std::uint64_t count) { limit_ = count; }
    [[nodiscard]] std::uint64_t limit() const { return limit_; }

    /// Gives a buffer that has grown back, where the bytes in it fit the initial one.
    void shrink();

  private:
    void move_into(std::size_t capacity);

    ByteSource source_;  ///< empty over a text in memory
    std::size_t maximum_capacity_ = 0;
    std::size_t capacity_ = 0;
    std::unique_ptr<char[]> buffer_;
    char* bytes_;  ///< of the buffer or the text
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t limit_ = k_no_limit;
};

}  // namespace cloudhijack::io
