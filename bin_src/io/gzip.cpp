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

/// The first bytes of a gzip member.
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

/// A source, and the bytes that were read ahead from it.
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

// Reads ahead enough bytes to recognise gzip, or up to the end.
Result<> fill_magic(ReadAhead& input) {
    while (input.bytes().size() < k_gzip_magic.size()) {
        const auto more = input.more();
        if (!more) return std::unexpected(more.error());
        if (!*more) break;
    }
    return {};
}

constexpr std::string_view k_other_data = "has other data after its gzip data";

// Zeros after gzip data pad a block of a tape or a disk; gzip skips them, too.
bool is_padding(std::span<const char> bytes) {
    return std::ranges::all_of(bytes, [](char byte) { return byte == '\0'; });
}

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
    // Skips zeros up to the end of the input; an error if any other byte follows them.
    Result<> pass_padding() {
        while (true) {
            const auto bytes = input_.bytes();
            if (!is_padding(bytes)) return failure(std::string(k_other_data));
            input_.consume(bytes.size());
            const auto more = input_.more();
            if (!more) return std::unexpected(more.error());
            if (!*more) return {};
        }
    }

    // Called at the end of a member; false if no other follows.
    Result<bool> begin_member() {
        if (input_.bytes().empty()) return false;
        if (input_.bytes().front() == '\0') {
            const auto passed = pass_padding();
            if (!passed) return std::unexpected(passed.error());
            return false;
        }
        if (!begins_as_gzip(input_.bytes())) return failure(std::string(k_other_data));
        inflateReset(stream_.get());
        between_members_ = false;
        return true;
    }

    Result<std::size_t> inflate_into(std::span<char> buffer) {
        while (true) {
            if (damaged_) return failure("its gzip data is damaged");
            if (auto filled = fill_magic(input_); !filled) return std::unexpected(filled.error());
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

/// The text of a source after its layers of gzip have been removed.
class UnpackedStream {
  public:
    UnpackedStream(ByteSource source, unsigned layers)
        : input_(std::move(source)), layers_(layers) {}

    Result<std::size_t> read(std::span<char> buffer) {
        while (!is_text_) {
            if (auto looked = take_layer(); !looked) return std::unexpected(looked.error());
        }
        if (input_.bytes().empty()) {
            if (error_) return std::unexpected(*error_);
            return input_.source()(buffer);
        }
        const std::size_t count = std::min(buffer.size(), input_.bytes().size());
        std::copy_n(input_.bytes().data(), count, buffer.data());
        input_.consume(count);
        return count;
    }

  private:
    // Removes one layer of gzip, or finds that the rest is text.
    Result<> take_layer() {
        if (auto filled = fill_magic(input_); !filled) error_ = filled.error();
        is_text_ = error_ || !begins_as_gzip(input_.bytes());
        if (is_text_) return {};
        if (layers_ == 0) {
            return failure("is compressed with gzip more than " + std::to_string(k_most_layers) +
                           " times; unpack it first");
        }
        --layers_;
        input_ = ReadAhead([stream = GunzipStream(std::move(input_))](
                               std::span<char> text) mutable { return stream.read(text); });
        return {};
    }

    ReadAhead input_;
    unsigned layers_;  ///< the number of layers that may still be removed
    bool is_text_ = false;
    std::optional<Error> error_;  ///< the source's error, reported after the bytes read before it
};

constexpr std::size_t k_least_packed = std::size_t{256} * 1024;
constexpr std::size_t k_most_packed = std::size_t{2} * 1024 * 1024;
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

// Before each piece, passes the size of the last one to the observer.
ByteSource observed(ByteSource source, ByteObserver observer) {
    if (!observer) return source;
    return [source = std::move(source), observer = std::move(observer),
            used = std::size_t{0}](std::span<char> buffer) mutable -> Result<std::size_t> {
        if (auto goes_on = observer(used); !goes_on) return std::unexpected(goes_on.error());
        used = 0;
        const auto count = source(buffer);
        if (count) used = *count;
        return count;
    };
}

// All the bytes have been used already, so an error of the observer comes too late and is ignored.
void observe_all(const ByteObserver& observer, std::size_t count) {
    if (!observer) return;
    [[maybe_unused]] const auto goes_on = observer(count);
}

// A header can have its own checksum (RFC 1952, section 2.3.1), which libdeflate does not verify.
bool has_header_checksum(std::span<const char> member) {
    constexpr std::size_t flags = 3;
    return member.size() > flags && (static_cast<unsigned char>(member[flags]) & 2U) != 0;
}

}  // namespace

ByteSource unpacked(ByteSource source, unsigned layers) {
    return [stream = UnpackedStream(std::move(source), layers)](std::span<char> buffer) mutable {
        return stream.read(buffer);
    };
}

void Gunzip::DecompressorEnd::operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
}

Gunzip::Gunzip() : decompressor_(libdeflate_alloc_decompressor()), packed_(k_least_packed) {}

Window Gunzip::window_over(ByteSource source, std::size_t maximum_capacity, ByteObserver on_packed,
                           ByteObserver on_text) {
    Beginning beginning = read_beginning(source);
    if (beginning.is_all && begins_as_gzip(beginning.bytes)) {
        if (const auto text = unpack(beginning.bytes)) {
            observe_all(on_packed, beginning.bytes.size());
            if (begins_as_gzip(*text)) {
                ByteSource inner =
                    unpacked(read_from_memory({text->data(), text->size()}), k_most_layers - 1);
                return {observed(std::move(inner), std::move(on_text)), maximum_capacity};
            }
            observe_all(on_text, text->size());
            return Window(*text);
        }
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
    return {observed(unpacked(observed(std::move(all), std::move(on_packed))), std::move(on_text)),
            maximum_capacity};
}

// Reads a gzip source to its end, or until k_most_packed bytes; of any other source, only enough to
// see that it is not gzip.
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

// The text of consecutive members, up to any padding after them. nullopt if a member is damaged,
// has a header checksum, or the text is too long: the caller then unpacks it piece by piece.
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
