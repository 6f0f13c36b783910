#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cloudhijack::rules {

/// The purpose of a call in the course of an attack; `volume` is the phase that mode=volume counts.
enum class Phase : std::uint8_t {
    volume,
    use,
    recon,
    enable,
    evade,
    cleanup,
    credential,
    grant,    ///< lets somebody else in
    tamper,   ///< stops or narrows logging
    restore,  ///< starts logging, or starts it again
    prepare,  ///< collects recipients to send to
    link,     ///< one principal acts as another
    note,     ///< adds to calls that other records count: a delivery report, a token count
};

/// The phases' keys in a stanza, in the order of the enumerators.
inline constexpr std::array<std::string_view, 13> k_phase_names = {
    "volume", "use",    "recon",   "enable",  "evade", "cleanup", "credential",
    "grant",  "tamper", "restore", "prepare", "link",  "note"};

/// The phases that a call has for one service.
class PhaseSet {
  public:
    void add(Phase phase) { bits_ |= bit_of(phase); }

    /// The set that has these bits().
    static PhaseSet of_bits(std::uint16_t bits) {
        PhaseSet set;
        set.bits_ = bits;
        return set;
    }

    [[nodiscard]] bool has(Phase phase) const { return (bits_ & bit_of(phase)) != 0; }
    [[nodiscard]] bool is_only(Phase phase) const { return bits_ == bit_of(phase); }
    /// Bit n is set if the set contains the n-th phase.
    [[nodiscard]] std::uint16_t bits() const { return bits_; }
    /// The phase that is shown if there are several. The set must not be empty.
    [[nodiscard]] Phase first() const {
        std::size_t phase = 0;
        while (phase + 1 < k_phase_names.size() && !has(static_cast<Phase>(phase))) ++phase;
        return static_cast<Phase>(phase);
    }

    auto operator<=>(const PhaseSet&) const = default;

  private:
    static std::uint16_t bit_of(Phase phase) {
        return static_cast<std::uint16_t>(1U << static_cast<unsigned>(phase));
    }

    std::uint16_t bits_ = 0;
};

}  // namespace cloudhijack::rules
