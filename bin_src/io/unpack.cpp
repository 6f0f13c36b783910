#include "io/unpack.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "io/read_ahead.hpp"
#include "io/zstd.hpp"

namespace cloudhijack::io {
namespace {

/// The text of a source after its layers of compression have been removed.
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
    // Removes one layer of compression, or finds that the rest is text.
    Result<> take_layer() {
        auto filled = input_.fill(k_gzip_mark);
        const bool is_gzip = begins_as_gzip(input_.bytes());
        if (filled && !is_gzip) filled = input_.fill(k_zstd_mark);
        if (!filled) error_ = filled.error();
        is_text_ = error_ || !(is_gzip || begins_as_zstd(input_.bytes()));
        if (is_text_) return {};
        if (layers_ == 0) {
            return failure("is compressed more than " + std::to_string(k_most_layers) +
                           " times; unpack it first");
        }
        --layers_;
        input_ =
            ReadAhead(is_gzip ? text_of_gzip(std::move(input_)) : text_of_zstd(std::move(input_)));
        return {};
    }

    ReadAhead input_;
    unsigned layers_;  ///< the number of layers that may still be removed
    bool is_text_ = false;
    std::optional<Error> error_;  ///< the source's error, reported after the bytes read before it
};

constexpr std::size_t k_least_packed = std::size_t{256} * 1024;
constexpr std::size_t k_most_packed = std::size_t{2} * 1024 * 1024;

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

}  // namespace

ByteSource unpacked(ByteSource source, unsigned layers) {
    return [stream = UnpackedStream(std::move(source), layers)](std::span<char> buffer) mutable {
        return stream.read(buffer);
    };
}

Unpacker::Unpacker() : packed_(k_least_packed) {}

Window Unpacker::window_over(ByteSource source, std::size_t maximum_capacity,
                             ByteObserver on_packed, ByteObserver on_text) {
    Beginning beginning = read_beginning(source);
    if (beginning.is_all && begins_as_gzip(beginning.bytes)) {
        if (const auto text = gunzip_.unpack(beginning.bytes)) {
            observe_all(on_packed, beginning.bytes.size());
            if (begins_as_gzip(*text) || begins_as_zstd(*text)) {
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
Unpacker::Beginning Unpacker::read_beginning(ByteSource& source) {
    std::size_t size = 0;
    while (true) {
        const std::span<const char> bytes = std::span(packed_).first(size);
        const bool is_other = size >= k_gzip_mark && !begins_as_gzip(bytes);
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

}  // namespace cloudhijack::io
