#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "counting/seconds.hpp"
#include "detect/hunt/campaign/makings.hpp"
#include "detect/hunt/member.hpp"

namespace cloudhijack::detect {

/// Calls by which a principal assumed a role.
struct RoleCall {
    counting::SecondsOfMinute seconds;
    std::string account;   ///< of the role
    std::string role_key;  ///< log::actor_key() of the role
    PrincipalActivity::ShownKey call;
    bool is_from_stranger = false;
};

/// An address that nobody in the account uses, from which a principal acted on a UTC day. The
/// principal has no history, or the address is new for it.
struct SharedSpot {
    text::Address address;
    std::int64_t day = 0;    ///< since 1970
    std::int64_t first = 0;  ///< the second of the first call from the address on that day
};

/// The traces of other principals in one principal's activity.
struct Ties {
    std::vector<MakingCall> makings;
    std::vector<RoleCall> roles;
    std::vector<SharedSpot> spots;  ///< each address and day once
};

/// Whether a principal can have ties. This cheap test saves the costly one for most principals.
bool may_have_ties(const rules::HuntRules& rules, const Member::Basis& part);

Ties ties_of(const rules::Catalogue& catalogue, const Member& member);

}  // namespace cloudhijack::detect
