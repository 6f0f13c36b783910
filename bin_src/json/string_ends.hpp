#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "simd/cpu.hpp"

namespace cloudhijack::json {

/// How a text writes its quotes: as they are, or each doubled, as in a CSV cell.
enum class Quotes : std::uint8_t { single, doubled };

/// Bytes that a quote takes.
constexpr std::size_t size_of(Quotes quotes) { return quotes == Quotes::doubled ? 2 : 1; }

/// Where the strings end in a JSON text without escapes: there one quote opens a string, the next
/// closes it, and what stands between them is the string itself.
class StringEnds {
  public:
    /// The longest text that is looked at, which bounds memory: an eighth of it.
    static constexpr std::size_t k_longest = std::size_t{256} * 1024;
    static constexpr std::size_t k_bytes_per_mask = 64;

    explicit StringEnds(simd::Cpu cpu = simd::best_cpu()) : cpu_(cpu) {}

    /// Looks at a text with io::k_padding readable bytes behind it. False where it is longer than
    /// k_longest, ends inside a string, or holds a backslash, a control character, a byte beyond
    /// ASCII, or a quote that is not doubled and should be.
    bool look_at(std::string_view text, Quotes quotes);

    /// Bit i of mask n: a quote that closes a string begins at byte 64 n + i. Behind the text's own
    /// there is one more mask, with all bits set. Valid until the next look_at().
    [[nodiscard]] std::span<const std::uint64_t> masks() const { return masks_; }

  private:
    bool look_at_bytes(std::string_view text, Quotes quotes);
    bool look_at_blocks(std::string_view text, Quotes quotes);

    simd::Cpu cpu_;
    std::vector<std::uint64_t> masks_;
};

}  // namespace cloudhijack::json
