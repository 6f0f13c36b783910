#pragma once

#include <cstdint>

#include "log/call.hpp"
#include "rules/phase.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// One call as mode=hunt keeps it, for one service and within one UTC hour.
struct HuntedCall {
    /// A hash of the call and of all that it counts for: equal ones are one, delivered again.
    std::uint64_t identity = 0;
    std::uint64_t client = 0;  ///< a hash
    text::Address address;
    bool has_cloud_sign = false;  ///< made from inside a cloud, whose addresses are not its own
    bool is_of_client = true;     ///< false where nothing is known of who sent it
    log::Outcome outcome = log::Outcome::ok;
    rules::PhaseSet phases;
    std::uint8_t messages = 0;  ///< of a use call; 0 of any other
    std::uint16_t second = 0;   ///< in the hour
    std::uint16_t call = 0;     ///< see Catalogue::call_name
    std::uint32_t region = 0;   ///< its number among the activity's regions
    std::uint32_t times = 1;    ///< how often it was delivered
};

}  // namespace cloudhijack::detect
