#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "counting/hash.hpp"
#include "detect/hunt/principal_activity.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {

/// A principal's activity, and the results of the look-ups in it for the principal's last call, as
/// the next call is mostly of the same kind. Each pointer is null or points into the activity,
/// whose maps keep their nodes in place as long as nothing is removed; so each pointer belongs to
/// the key beside it. Without this cache, look-ups take most of the time of hunt mode.
struct CachedPrincipal {
    counting::WideHash hash;  ///< of the principal's parts
    PrincipalActivity* activity = nullptr;

    std::uint64_t origin = 0;  ///< a secret hash of the data from which the next three are computed
    std::uint64_t client = 0;
    text::Address address;
    std::uint32_t region = 0;

    /// For the last model that was noted: the origin at that time, and the service and hour.
    std::uint64_t model_origin = 0;
    std::pair<std::size_t, std::int64_t> model_key;

    std::pair<std::size_t, std::int64_t> hour_key;
    HourActivity* hour = nullptr;

    PrincipalActivity::ShownKey shown_key;
    PrincipalActivity::FirstAndLast* shown = nullptr;
};

}  // namespace cloudhijack::detect
