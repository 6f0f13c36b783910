#pragma once

#include <cstdint>

#include "log/cloudtrail_outcome.hpp"
#include "rules/catalogue.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// The phases that a call has for one service.
class PhaseSet {
  public:
    void add(Phase phase) { bits_ |= bit_of(phase); }

    /// The set that has these bits().
    static PhaseSet of_bits(std::uint8_t bits) {
        PhaseSet set;
        set.bits_ = bits;
        return set;
    }

    [[nodiscard]] bool has(Phase phase) const { return (bits_ & bit_of(phase)) != 0; }
    /// Bit n: the n-th phase.
    [[nodiscard]] std::uint8_t bits() const { return bits_; }
    /// The one that is shown where there are several; not empty.
    [[nodiscard]] Phase first() const {
        std::size_t phase = 0;
        while (phase + 1 < k_phase_names.size() && !has(static_cast<Phase>(phase))) ++phase;
        return static_cast<Phase>(phase);
    }

    auto operator<=>(const PhaseSet&) const = default;

  private:
    static std::uint8_t bit_of(Phase phase) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(phase));
    }

    std::uint8_t bits_ = 0;
};

/// One call as mode=hunt keeps it, for one service and within one UTC hour.
struct HuntedCall {
    /// A hash of the call and of all that it counts for: equal ones are one, delivered again.
    std::uint64_t identity = 0;
    std::uint64_t client = 0;  ///< a hash
    Address address;
    bool has_cloud_sign = false;  ///< made from inside a cloud, whose addresses are not its own
    bool is_of_client = true;     ///< false where nothing is known of who sent it
    Outcome outcome = Outcome::ok;
    PhaseSet phases;
    std::uint8_t messages = 0;  ///< of a use call; 0 of any other
    std::uint16_t second = 0;   ///< in the hour
    std::uint16_t call = 0;     ///< see Catalogue::call_name
    std::uint32_t region = 0;   ///< see RegionNames
    std::uint32_t times = 1;    ///< how often it was delivered
};

}  // namespace cloudhijack::detect
