#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cloudhijack::json {

/// How quotes stand in a text: as they are, or each doubled, as in a CSV cell.
enum class Quotes : std::uint8_t { single, doubled };

/// Bytes that a quote takes.
constexpr std::size_t size_of(Quotes quotes) { return quotes == Quotes::doubled ? 2 : 1; }

}  // namespace cloudhijack::json
