#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cloudhijack::text {

/// Decimal digits and nothing else, as a number of at most `most`.
inline std::optional<std::uint64_t> whole_number(std::string_view text, std::uint64_t most) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > most) {
        return std::nullopt;
    }
    return value;
}

/// "16 MiB", for messages; parts of a MiB are cut.
inline std::string in_mebibytes(std::size_t bytes) { return std::to_string(bytes >> 20U) + " MiB"; }

}  // namespace cloudhijack::text
