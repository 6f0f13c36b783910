#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "counting/hash.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// A principal's activity, and what was looked up in it for the principal's last call: the next one
/// is mostly alike. Each pointer is null or points into the activity, whose maps keep their nodes'
/// places as long as nothing is taken out of them; so what it points to belongs to the key beside
/// it. Without this, look-ups take most of a hunt's time.
struct CachedPrincipal {
    counting::WideHash hash;  ///< of what names the principal
    PrincipalActivity* activity = nullptr;

    std::uint64_t origin = 0;  ///< a secret hash of all that the next three come from
    std::uint64_t client = 0;
    text::Address address;
    std::uint32_t region = 0;

    /// Of the last model that was noted: what the origin was then, and where it was noted.
    std::uint64_t model_origin = 0;
    std::pair<std::size_t, std::int64_t> model_key;

    std::pair<std::size_t, std::int64_t> hour_key;
    HourActivity* hour = nullptr;

    PrincipalActivity::ShownKey shown_key;
    PrincipalActivity::FirstAndLast* shown = nullptr;
};

}  // namespace cloudhijack::detect
