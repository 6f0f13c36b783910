#include "io/gzip.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <cstring>
#include <ranges>
#include <string_view>
#include <utility>

namespace cloudhijack::io {
namespace {

/// The bytes that a gzip member begins with.
constexpr std::string_view k_gzip_magic = "\x1f\x8b";

bool begins_as_gzip(std::span<const char> bytes) {
    return std::string_view(bytes.data(), bytes.size()).starts_with(k_gzip_magic);
}

constexpr std::size_t k_buffer_size = std::size_t{64} * 1024;

struct InflateEnd {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;  // NOLINT(cppcoreguidelines-owning-memory): a unique_ptr's deleter
    }
};

/// What was read ahead of a source, and the source.
class ReadAhead {
  public:
    explicit ReadAhead(ByteSource source) : source_(std::move(source)), buffer_(k_buffer_size) {}

    [[nodiscard]] std::span<char> bytes() {
        return std::span(buffer_).subspan(begin_, end_ - begin_);
    }

    void consume(std::size_t count) { begin_ += count; }

    // Reads more, following bytes(); false at the end of the source.
    Result<bool> more() {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= std::exchange(begin_, 0);
        const auto count = source_(std::span(buffer_).subspan(end_));
        if (!count) return std::unexpected(count.error());
        end_ += *count;
        return *count > 0;
    }

    ByteSource& source() { return source_; }

  private:
    ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class GunzipStream {
  public:
    explicit GunzipStream(ByteSource source) : input_(std::move(source)) {}

    Result<std::size_t> read(std::span<char> buffer) {
        if (encoding_ == Encoding::unknown) {
            if (auto looked = look(); !looked) return std::unexpected(looked.error());
        }
        if (encoding_ == Encoding::gzip) return inflate_into(buffer);
        if (input_.bytes().empty()) return input_.source()(buffer);
        const std::size_t count = std::min(buffer.size(), input_.bytes().size());
        std::copy_n(input_.bytes().data(), count, buffer.data());
        input_.consume(count);
        return count;
    }

  private:
    enum class Encoding : std::uint8_t { unknown, plain, gzip };

    // Reads ahead as many bytes as tell gzip, or to the end.
    Result<> fill_magic() {
        while (input_.bytes().size() < k_gzip_magic.size()) {
            const auto more = input_.more();
            if (!more) return std::unexpected(more.error());
            if (!*more) break;
        }
        return {};
    }

    Result<> look() {
        if (auto filled = fill_magic(); !filled) return filled;
        encoding_ = Encoding::plain;
        if (!begins_as_gzip(input_.bytes())) return {};
        encoding_ = Encoding::gzip;
        stream_.reset(new z_stream{});  // NOLINT(cppcoreguidelines-owning-memory)
        constexpr int gzip_only = 16;
        if (inflateInit2(stream_.get(), MAX_WBITS + gzip_only) != Z_OK) {
            return failure("cannot be unpacked: out of memory");
        }
        return {};
    }

    Result<std::size_t> inflate_into(std::span<char> buffer) {
        while (true) {
            if (damaged_) return failure("its gzip data is damaged");
            if (auto filled = fill_magic(); !filled) return std::unexpected(filled.error());
            if (input_.bytes().empty()) {
                if (between_members_) return std::size_t{0};
                return failure("its gzip data is cut off");
            }
            if (between_members_) {
                if (!begins_as_gzip(input_.bytes()))
                    return failure("has other data behind its gzip data");
                inflateReset(stream_.get());
                between_members_ = false;
            }
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
    Encoding encoding_ = Encoding::unknown;
    std::unique_ptr<z_stream, InflateEnd> stream_;
    bool damaged_ = false;          ///< reported after the text before the damage
    bool between_members_ = false;  ///< a member has ended and the next has not begun
};

constexpr std::size_t k_least_packed = std::size_t{256} * 1024;
constexpr std::size_t k_most_packed = std::size_t{2} * 1024 * 1024;
constexpr std::size_t k_least_text = std::size_t{256} * 1024;
constexpr std::size_t k_most_text = std::size_t{16} * 1024 * 1024;

// A member ends with its text's length in four bytes, the lowest first (RFC 1952, section 2.3). It
// may say anything: it is no more than a first guess at the room.
std::size_t size_of_last(std::span<const char> packed) {
    std::size_t size = 0;
    for (const char byte :
         packed.last(std::min<std::size_t>(packed.size(), 4)) | std::views::reverse) {
        size = size << 8U | static_cast<unsigned char>(byte);
    }
    return size;
}

// A header can have a checksum of its own (RFC 1952, section 2.3.1), at which libdeflate does not
// look.
bool has_header_checksum(std::span<const char> member) {
    constexpr std::size_t flags = 3;
    return member.size() > flags && (static_cast<unsigned char>(member[flags]) & 2U) != 0;
}

}  // namespace

ByteSource unpacked(ByteSource source) {
    return [stream = GunzipStream(std::move(source))](std::span<char> buffer) mutable {
        return stream.read(buffer);
    };
}

void Gunzip::DecompressorEnd::operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
}

Gunzip::Gunzip() : decompressor_(libdeflate_alloc_decompressor()), packed_(k_least_packed) {}

Window Gunzip::window_over(ByteSource source, std::size_t maximum_capacity) {
    Beginning beginning = read_beginning(source);
    if (beginning.is_all && begins_as_gzip(beginning.bytes)) {
        if (const auto text = unpack(beginning.bytes)) return Window(*text);
    }
    auto all = [beginning = std::move(beginning),
                source = std::move(source)](std::span<char> buffer) mutable -> Result<std::size_t> {
        const std::size_t count = std::min(buffer.size(), beginning.bytes.size());
        std::copy_n(beginning.bytes.data(), count, buffer.data());
        beginning.bytes = beginning.bytes.subspan(count);
        if (count > 0 || beginning.is_all) return count;
        if (beginning.error) return std::unexpected(*beginning.error);
        return source(buffer);
    };
    return {unpacked(std::move(all)), maximum_capacity};
}

// Reads on to the end of what is gzip, as far as there is room; of anything else only so far as
// tells that.
Gunzip::Beginning Gunzip::read_beginning(ByteSource& source) {
    std::size_t size = 0;
    while (true) {
        const std::span<const char> bytes = std::span(packed_).first(size);
        const bool is_other = size >= k_gzip_magic.size() && !begins_as_gzip(bytes);
        if (is_other || size >= k_most_packed) return {.bytes = bytes, .error = {}};
        if (size == packed_.size()) {
            packed_.resize(size * 2);
            continue;
        }
        const auto count = source(std::span(packed_).subspan(size));
        if (!count) return {.bytes = bytes, .error = count.error()};
        if (*count == 0) return {.bytes = bytes, .is_all = true, .error = {}};
        size += *count;
    }
}

// The text of all members on end; nullopt where one is damaged or must be unpacked by others, or it
// is too long.
std::optional<std::span<char>> Gunzip::unpack(std::span<const char> packed) {
    const std::size_t expected = size_of_last(packed);
    if (decompressor_ == nullptr || expected > k_most_text) return std::nullopt;
    widen_text(expected, 0);
    std::size_t size = 0;
    while (!packed.empty()) {
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

// Keeps the text's first `used` bytes.
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
