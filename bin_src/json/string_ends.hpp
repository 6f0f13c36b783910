#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "simd/cpu.hpp"

namespace cloudhijack::json {

/// How a text writes its quotes: single, or each one doubled, as in a CSV cell.
enum class Quotes : std::uint8_t { single, doubled };

/// The size of a quote in bytes.
constexpr std::size_t size_of(Quotes quotes) { return quotes == Quotes::doubled ? 2 : 1; }

/// Finds the ends of the strings in a JSON text without escapes. In such a text one quote opens a
/// string, the next one closes it, and the bytes between them are its value.
class StringEnds {
  public:
    /// The longest text that is accepted, in bytes. It bounds the memory, which is an eighth of the
    /// text.
    static constexpr std::size_t k_longest = std::size_t{256} * 1024;
    static constexpr std::size_t k_bytes_per_mask = 64;

    explicit StringEnds(simd::Cpu cpu = simd::best_cpu()) : cpu_(cpu) {}

    /// Looks at a text, which must be followed by io::k_padding readable bytes. False if it is
    /// longer than k_longest, ends inside a string, or contains a backslash, a control character, a
    /// byte beyond ASCII, or a quote that should be doubled and is not.
    bool look_at(std::string_view text, Quotes quotes);

    /// Bit i of mask n is set if a quote that closes a string begins at byte 64 n + i. One more
    /// mask, with all bits set, follows those of the text. Valid until the next look_at().
    [[nodiscard]] std::span<const std::uint64_t> masks() const { return masks_; }

  private:
    bool look_at_bytes(std::string_view text, Quotes quotes);
    bool look_at_blocks(std::string_view text, Quotes quotes);

    simd::Cpu cpu_;
    std::vector<std::uint64_t> masks_;
};

}  // namespace cloudhijack::json
