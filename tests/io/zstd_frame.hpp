#pragma once

#include <zstd.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace cloudhijack::io {

/// One zstd frame with a checksum. With `states_size` it states the size of its text, and needs no
/// window if the text is small.
inline std::string zstd(std::string_view text, bool states_size = true, int window_log = 0) {
    const std::unique_ptr<ZSTD_CCtx, decltype([](ZSTD_CCtx* context) { ZSTD_freeCCtx(context); })>
        context(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, states_size ? 1 : 0);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_windowLog, window_log);
    std::string packed(ZSTD_compressBound(text.size()), '\0');
    packed.resize(
        ZSTD_compress2(context.get(), packed.data(), packed.size(), text.data(), text.size()));
    return packed;
}

/// A number in `size` bytes, little-endian.
inline std::string little_endian(std::size_t number, std::size_t size) {
    std::string bytes;
    for (; size > 0; --size, number >>= 8U) bytes += static_cast<char>(number & 0xFFU);
    return bytes;
}

/// A frame that zstd skips, one of 16 kinds (RFC 8878, section 3.1.2).
inline std::string skippable(std::string_view content, unsigned kind = 0) {
    return little_endian(0x184D2A50 + kind, 4) + little_endian(content.size(), 4) +
           std::string(content);
}

/// A frame with one block that is not compressed, after a header with the given bytes.
inline std::string raw_frame(std::string_view header, std::string_view text) {
    constexpr unsigned is_last = 1;
    return "\x28\xB5\x2F\xFD" + std::string(header) +
           little_endian(text.size() << 3U | is_last, 3) + std::string(text);
}

}  // namespace cloudhijack::io
