#include "io/unpack_room.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <ranges>
#include <string_view>
#include <utility>

#include "io/unpack.hpp"

namespace cloudhijack::io {
namespace {

constexpr std::size_t k_least_packed = std::size_t{256} * 1024;
constexpr std::size_t k_most_packed = std::size_t{2} * 1024 * 1024;
constexpr std::size_t k_least_text = std::size_t{256} * 1024;
constexpr std::size_t k_most_text = std::size_t{16} * 1024 * 1024;

bool is_gzip(std::span<const char> bytes) {
    return std::string_view(bytes.data(), bytes.size()).starts_with(k_gzip_magic);
}

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

void UnpackRoom::DecompressorEnd::operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
}

UnpackRoom::UnpackRoom()
    : decompressor_(libdeflate_alloc_decompressor()), packed_(k_least_packed) {}

io::Window UnpackRoom::window_over(io::ByteSource source, std::size_t maximum_capacity) {
    Beginning beginning = read_beginning(source);
    if (beginning.is_all && is_gzip(beginning.bytes)) {
        if (const auto text = unpack(beginning.bytes)) return io::Window(*text);
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
UnpackRoom::Beginning UnpackRoom::read_beginning(io::ByteSource& source) {
    std::size_t size = 0;
    while (true) {
        const std::span<const char> bytes = std::span(packed_).first(size);
        const bool is_other = size >= k_gzip_magic.size() && !is_gzip(bytes);
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
std::optional<std::span<char>> UnpackRoom::unpack(std::span<const char> packed) {
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
void UnpackRoom::widen_text(std::size_t room, std::size_t used) {
    room = std::clamp(room, k_least_text, k_most_text);
    if (room <= text_room_) return;
    if (used == 0) text_.reset();
    text_room_ = used;
    auto wider = std::make_unique_for_overwrite<char[]>(room + io::k_padding);
    if (used > 0) std::memcpy(wider.get(), text_.get(), used);
    text_ = std::move(wider);
    text_room_ = room;
}

}  // namespace cloudhijack::io
