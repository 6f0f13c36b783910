#include "io/gzip.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <cstring>
#include <memory>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>

#include "io/window.hpp"

namespace cloudhijack::io {
namespace {

struct InflateEnd {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;  // NOLINT(cppcoreguidelines-owning-memory): a unique_ptr's deleter
    }
};

/// The text of consecutive gzip members.
class GunzipStream {
  public:
    explicit GunzipStream(ReadAhead input) : input_(std::move(input)) {}

    Result<std::size_t> read(std::span<char> buffer) {
        if (!stream_) {
            stream_.reset(new z_stream{});  // NOLINT(cppcoreguidelines-owning-memory)
            constexpr int gzip_only = 16;
            if (inflateInit2(stream_.get(), MAX_WBITS + gzip_only) != Z_OK) {
                return failure("cannot be unpacked: out of memory");
            }
        }
        return inflate_into(buffer);
    }

  private:
    // Called at the end of a member; false if no other follows.
    Result<bool> begin_member() {
        if (input_.bytes().empty()) return false;
        if (!begins_as_gzip(input_.bytes())) {
            const auto passed = input_.pass_padding();
            if (!passed) return std::unexpected(passed.error());
            if (*passed) return false;
            return failure("has other data after its gzip data");
        }
        inflateReset(stream_.get());
        between_members_ = false;
        return true;
    }

    Result<std::size_t> inflate_into(std::span<char> buffer) {
        while (true) {
            if (damaged_) return failure("its gzip data is damaged");
            if (auto filled = input_.fill(k_gzip_mark); !filled)
                return std::unexpected(filled.error());
            if (between_members_) {
                const auto begun = begin_member();
                if (!begun) return std::unexpected(begun.error());
                if (!*begun) return std::size_t{0};
            }
            if (input_.bytes().empty()) return failure("its gzip data is cut off");
            const auto bytes = input_.bytes();
            stream_->next_in = reinterpret_cast<Bytef*>(bytes.data());
            stream_->avail_in = static_cast<uInt>(bytes.size());
            stream_->next_out = reinterpret_cast<Bytef*>(buffer.data());
            stream_->avail_out = static_cast<uInt>(std::min<std::size_t>(buffer.size(), UINT_MAX));
            const uInt room = stream_->avail_out;
            const int status = inflate(stream_.get(), Z_NO_FLUSH);
            input_.consume(bytes.size() - stream_->avail_in);
            const std::size_t made = room - stream_->avail_out;
            between_members_ = status == Z_STREAM_END;
            damaged_ = status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR;
            if (made > 0) return made;
        }
    }

    ReadAhead input_;
    std::unique_ptr<z_stream, InflateEnd> stream_;
    bool damaged_ = false;          ///< reported after the text before the damage
    bool between_members_ = false;  ///< a member has ended and the next has not begun
};

constexpr std::size_t k_least_text = std::size_t{256} * 1024;
constexpr std::size_t k_most_text = std::size_t{16} * 1024 * 1024;

// A member ends with the length of its text in four bytes, little-endian (RFC 1952, section 2.3).
// The value cannot be trusted: it is only the first guess for the size of the buffer.
std::size_t size_of_last(std::span<const char> packed) {
    std::size_t size = 0;
    for (const char byte :
         packed.last(std::min<std::size_t>(packed.size(), 4)) | std::views::reverse) {
        size = size << 8U | static_cast<unsigned char>(byte);
    }
    return size;
}

// A header can have its own checksum (RFC 1952, section 2.3.1), which libdeflate does not verify.
bool has_header_checksum(std::span<const char> member) {
    constexpr std::size_t flags = 3;
    return member.size() > flags && (static_cast<unsigned char>(member[flags]) & 2U) != 0;
}

}  // namespace

bool begins_as_gzip(std::span<const char> bytes) {
    return std::string_view(bytes.data(), bytes.size()).starts_with("\x1f\x8b");
}

ByteSource text_of_gzip(ReadAhead input) {
    return [stream = GunzipStream(std::move(input))](std::span<char> buffer) mutable {
        return stream.read(buffer);
    };
}

void Gunzip::DecompressorEnd::operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
}

Gunzip::Gunzip() : decompressor_(libdeflate_alloc_decompressor()) {}

std::optional<std::span<char>> Gunzip::unpack(std::span<const char> packed) {
    const std::size_t expected = size_of_last(packed);
    if (decompressor_ == nullptr || expected > k_most_text) return std::nullopt;
    widen_text(expected, 0);
    std::size_t size = 0;
    while (!is_padding(packed)) {
        if (has_header_checksum(packed)) return std::nullopt;
        std::size_t taken = 0;
        std::size_t made = 0;
        const auto result =
            libdeflate_gzip_decompress_ex(decompressor_.get(), packed.data(), packed.size(),
                                          text_.get() + size, text_room_ - size, &taken, &made);
        if (result == LIBDEFLATE_INSUFFICIENT_SPACE && text_room_ < k_most_text) {
            widen_text(text_room_ * 2, size);
        } else if (result == LIBDEFLATE_SUCCESS) {
            packed = packed.subspan(taken);
            size += made;
        } else {
            return std::nullopt;
        }
    }
    return std::span(text_.get(), size);
}

// Enlarges the text's buffer and keeps its first `used` bytes.
void Gunzip::widen_text(std::size_t room, std::size_t used) {
    room = std::clamp(room, k_least_text, k_most_text);
    if (room <= text_room_) return;
    if (used == 0) text_.reset();
    text_room_ = used;
    auto wider = std::make_unique_for_overwrite<char[]>(room + k_padding);
    if (used > 0) std::memcpy(wider.get(), text_.get(), used);
    text_ = std::move(wider);
    text_room_ = room;
}

}  // namespace cloudhijack::io
