#include "io/unpack.hpp"

#include <zlib.h>

#include <algorithm>
#include <climits>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cloudhijack::io {
namespace {

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
    explicit ReadAhead(io::ByteSource source)
        : source_(std::move(source)), buffer_(k_buffer_size) {}

    [[nodiscard]] std::span<char> bytes() {
        return std::span(buffer_).subspan(begin_, end_ - begin_);
    }

    void consume(std::size_t count) { begin_ += count; }

    // Reads more behind bytes(); false at the end of the source.
    Result<bool> more() {
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
        end_ -= std::exchange(begin_, 0);
        const auto count = source_(std::span(buffer_).subspan(end_));
        if (!count) return std::unexpected(count.error());
        end_ += *count;
        return *count > 0;
    }

    io::ByteSource& source() { return source_; }

  private:
    io::ByteSource source_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

class Unpacker {
  public:
    explicit Unpacker(io::ByteSource source) : input_(std::move(source)) {}

    Result<std::size_t> read(std::span<char> buffer) {
        if (kind_ == Kind::unknown) {
            if (auto looked = look(); !looked) return std::unexpected(looked.error());
        }
        if (kind_ == Kind::gzip) return inflate_into(buffer);
        if (input_.bytes().empty()) return input_.source()(buffer);
        const std::size_t count = std::min(buffer.size(), input_.bytes().size());
        std::copy_n(input_.bytes().data(), count, buffer.data());
        input_.consume(count);
        return count;
    }

  private:
    enum class Kind : std::uint8_t { unknown, plain, gzip };

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
        return {};
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

    ReadAhead input_;
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

}  // namespace cloudhijack::io
