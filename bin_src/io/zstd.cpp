#include "io/zstd.hpp"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cloudhijack::io {
namespace {

struct DecompressionEnd {
    void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

std::string error_in_words(std::size_t status) {
    switch (ZSTD_getErrorCode(status)) {
        case ZSTD_error_frameParameter_windowTooLarge:
            return "its zstd data needs a window of more than 128 MiB; unpack it with "
                   "`zstd -d --long=31` first";
        case ZSTD_error_dictionary_wrong:
            return "its zstd data needs a dictionary; unpack it with `zstd -d -D DICTIONARY` first";
        case ZSTD_error_memory_allocation:
            return "cannot be unpacked: out of memory";
        default:
            return "its zstd data is damaged";
    }
}

// The first byte of a skippable frame is any from 0x50 to 0x5F.
bool is_skippable(std::span<const char> bytes) {
    return (static_cast<unsigned char>(bytes.front()) & 0xF0U) == 0x50U;
}

/// The text of consecutive zstd frames.
class ZstdStream {
  public:
    explicit ZstdStream(ReadAhead input) : input_(std::move(input)) {}

    Result<std::size_t> read(std::span<char> buffer) {
        if (!context_) {
            context_.reset(ZSTD_createDCtx());
            if (!context_) return failure("cannot be unpacked: out of memory");
            ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, k_zstd_window_log);
        }
        while (true) {
            if (error_) return failure(*error_);
            if (between_frames_) {
                const auto begun = begin_frame();
                if (!begun) return std::unexpected(begun.error());
                if (!*begun) return std::size_t{0};
            }
            const std::size_t available = input_.bytes().size();
            const std::size_t made = decompress_into(buffer);
            if (made > 0) return made;
            if (available > 0 || error_ || between_frames_) continue;
            const auto more = input_.more();
            if (!more) return std::unexpected(more.error());
            if (!*more) return failure("its zstd data is cut off");
        }
    }

  private:
    // Called before the first frame and after each; false if no other follows.
    Result<bool> begin_frame() {
        if (auto filled = input_.fill(k_zstd_mark); !filled) {
            return std::unexpected(filled.error());
        }
        if (input_.bytes().empty()) return false;
        if (!begins_as_zstd(input_.bytes())) {
            const auto passed = input_.pass_padding();
            if (!passed) return std::unexpected(passed.error());
            if (*passed) return false;
            return failure(has_frame_ ? "has other data after its zstd data"
                                      : "has skippable frames before data that is not zstd, "
                                        "perhaps LZ4; unpack it first");
        }
        has_frame_ = has_frame_ || !is_skippable(input_.bytes());
        wanted_ = ZSTD_initDStream(context_.get());
        between_frames_ = false;
        return true;
    }

    // If zstd got several blocks at once, damage in one would cost the text of those before it. So
    // it gets only as much as it asks for, which is a block and the header of the next, without
    // that header. While there may be text that did not fit into the last buffer, it gets nothing.
    std::size_t decompress_into(std::span<char> buffer) {
        constexpr std::size_t header = 3;
        const auto bytes = input_.bytes();
        const std::size_t next = wanted_ > header ? wanted_ - header : wanted_;
        ZSTD_inBuffer in{
            .src = bytes.data(), .size = is_full_ ? 0 : std::min(next, bytes.size()), .pos = 0};
        ZSTD_outBuffer out{.dst = buffer.data(), .size = buffer.size(), .pos = 0};
        const std::size_t status = ZSTD_decompressStream(context_.get(), &out, &in);
        input_.consume(in.pos);
        is_full_ = out.pos == out.size;
        if (ZSTD_isError(status) != 0) {
            error_ = error_in_words(status);
        } else {
            wanted_ = status;
            between_frames_ = status == 0;
        }
        return out.pos;
    }

    ReadAhead input_;
    std::unique_ptr<ZSTD_DCtx, DecompressionEnd> context_;
    std::size_t wanted_ = 0;            ///< bytes of the input
    std::optional<std::string> error_;  ///< reported after the text before the damage
    bool between_frames_ = true;
    bool has_frame_ = false;  ///< one that is not skippable has begun
    bool is_full_ = false;    ///< the last buffer had no room left
};

}  // namespace

bool begins_as_zstd(std::span<const char> bytes) {
    const std::string_view text(bytes.data(), bytes.size());
    return text.starts_with("\x28\xB5\x2F\xFD") ||
           (text.size() >= k_zstd_mark && text.substr(1).starts_with("\x2A\x4D\x18") &&
            is_skippable(bytes));
}

ByteSource text_of_zstd(ReadAhead input) {
    return [stream = ZstdStream(std::move(input))](std::span<char> buffer) mutable {
        return stream.read(buffer);
    };
}

}  // namespace cloudhijack::io
