#include "scan/unpack.hpp"

#include <libdeflate.h>
#include <zlib.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudhijack::scan {
namespace {

constexpr std::string_view k_gzip_magic = "\x1f\x8b";
constexpr std::size_t k_buffer_size = std::size_t{64} * 1024;

// What is unpacked at once: files of CloudTrail are smaller.
constexpr std::size_t k_most_packed = std::size_t{2} * 1024 * 1024;
constexpr std::size_t k_most_unpacked = std::size_t{16} * 1024 * 1024;

struct InflateEnd {
    void operator()(z_stream* stream) const {
        inflateEnd(stream);
        delete stream;  // NOLINT(cppcoreguidelines-owning-memory): a unique_ptr's deleter
    }
};

struct DecompressorEnd {
    void operator()(libdeflate_decompressor* decompressor) const {
        libdeflate_free_decompressor(decompressor);
    }
};

/// What was read ahead of a source, and the source.
class ReadAhead {
  public:
    explicit ReadAhead(io::ByteSource source)
        : source_(std::move(source)), buffer_(k_buffer_size) {}

    [[nodiscard]] std::span<char> bytes() {
        return std::span(buffer_).subspan(begin_, end_ - begin_);
    }

    void consume(std::size_t count) { begin_ += count; }

    // Reads more behind bytes(); false at the end of the source.
    Result<bool> more() {
        if (failure_) return std::unexpected(*failure_);
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= std::exchange(begin_, 0);
        const auto count = source_(std::span(buffer_).subspan(end_));
        if (!count) return std::unexpected(count.error());
        end_ += *count;
        return *count > 0;
    }

    // Reads on to the end of the source; false where that does not come within `limit` bytes, or
    // an error comes, which the next more() returns.
    bool read_to_end(std::size_t limit) {
        while (bytes().size() < limit) {
            if (bytes().size() == buffer_.size()) buffer_.resize(buffer_.size() * 2);
            const auto more_came = more();
            if (!more_came) failure_ = more_came.error();
            if (!more_came || !*more_came) return more_came.has_value();
        }
        return false;
    }

    io::ByteSource& source() { return source_; }

  private:
    io::ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::optional<Error> failure_;
};

/// One gzip member, unpacked at once by libdeflate, which is twice as fast as zlib but needs all of
/// a member and of its text in memory, and tells nothing of a member that is damaged. Of the two
/// checksums that a member can have it looks at the text's, and not at the header's.
class WholeMember {
  public:
    /// Unpacks the first member of `packed`, which ends with the last one; false where it is
    /// damaged, or its text is longer than the last member says that its own is, or too long.
    bool unpack(std::span<const char> packed) {
        const std::size_t size = size_of_last(packed);
        if (size == 0 || size > k_most_unpacked) return false;
        text_ = std::make_unique_for_overwrite<char[]>(size);
        const std::unique_ptr<libdeflate_decompressor, DecompressorEnd> decompressor(
            libdeflate_alloc_decompressor());
        return decompressor != nullptr &&
               libdeflate_gzip_decompress_ex(decompressor.get(), packed.data(), packed.size(),
                                             text_.get(), size, &packed_size_,
                                             &size_) == LIBDEFLATE_SUCCESS;
    }

    [[nodiscard]] std::size_t packed_size() const { return packed_size_; }

    /// What is left of the text.
    [[nodiscard]] std::span<const char> rest() const {
        return {text_.get() + begin_, size_ - begin_};
    }

    void consume(std::size_t count) {
        begin_ += count;
        if (begin_ == size_) *this = {};
    }

  private:
    // A member ends with its text's length in four bytes, the lowest first (RFC 1952, section 2.3).
    static std::size_t size_of_last(std::span<const char> packed) {
        std::size_t size = 0;
        for (const char byte : packed.last<4>() | std::views::reverse) {
            size = size << 8U | static_cast<unsigned char>(byte);
        }
        return size;
    }

    std::unique_ptr<char[]> text_;
    std::size_t size_ = 0;
    std::size_t begin_ = 0;
    std::size_t packed_size_ = 0;
};

class Unpacker {
  public:
    explicit Unpacker(io::ByteSource source) : input_(std::move(source)) {}

    Result<std::size_t> read(std::span<char> buffer) {
        if (kind_ == Kind::unknown) {
            if (auto looked = look(); !looked) return std::unexpected(looked.error());
        }
        if (!whole_.rest().empty()) return take_from(whole_, whole_.rest(), buffer);
        if (kind_ == Kind::gzip) return inflate_into(buffer);
        if (input_.bytes().empty()) return input_.source()(buffer);
        return take_from(input_, input_.bytes(), buffer);
    }

  private:
    enum class Kind : std::uint8_t { unknown, plain, gzip };

    static std::size_t take_from(auto& from, std::span<const char> bytes, std::span<char> buffer) {
        const std::size_t count = std::min(buffer.size(), bytes.size());
        std::copy_n(bytes.data(), count, buffer.data());
        from.consume(count);
        return count;
    }

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
        kind_ = Kind::plain;
        if (!begins_member()) return {};
        kind_ = Kind::gzip;
        stream_.reset(new z_stream{});  // NOLINT(cppcoreguidelines-owning-memory)
        constexpr int gzip_only = 16;
        if (inflateInit2(stream_.get(), MAX_WBITS + gzip_only) != Z_OK) {
            return failure("cannot be unpacked: out of memory");
        }
        unpack_at_once();
        return {};
    }

    // Where that cannot be, or the member is damaged, it comes piece by piece.
    void unpack_at_once() {
        if (!input_.read_to_end(k_most_packed) || input_.bytes().size() < k_least_member) return;
        if (WholeMember member; member.unpack(input_.bytes())) {
            input_.consume(member.packed_size());
            whole_ = std::move(member);
            between_members_ = true;
        }
    }

    [[nodiscard]] bool begins_member() {
        const auto bytes = input_.bytes();
        return std::string_view(bytes.data(), bytes.size()).starts_with(k_gzip_magic);
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
                if (!begins_member()) return failure("has other data behind its gzip data");
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

    static constexpr std::size_t k_least_member = 18;  // header and trailer

    ReadAhead input_;
    WholeMember whole_;
    Kind kind_ = Kind::unknown;
    std::unique_ptr<z_stream, InflateEnd> stream_;
    bool damaged_ = false;          ///< told behind what came before the damage
    bool between_members_ = false;  ///< a member has ended and the next has not begun
};

}  // namespace

io::ByteSource unpacked(io::ByteSource source) {
    return [unpacker = Unpacker(std::move(source))](std::span<char> buffer) mutable {
        return unpacker.read(buffer);
    };
}

}  // namespace cloudhijack::scan
