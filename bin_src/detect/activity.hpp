#pragma once

#include <variant>

#include "cloudtrail/event.hpp"
#include "detect/added.hpp"
#include "detect/hunt_activity.hpp"
#include "detect/volume_activity.hpp"

namespace cloudhijack::detect {

/// What has been counted so far; one type for each mode.
using Activity = std::variant<VolumeActivity, HuntActivity>;

inline Added add(Activity& activity, const cloudtrail::Event& event) {
    return std::visit([&event](auto& one) { return one.add(event); }, activity);
}

/// Takes what another activity of the same mode has counted.
inline void merge(Activity& activity, const Activity& other) {
    std::visit(
        [&other]<class One>(One& one) {
            if (const auto* same = std::get_if<One>(&other)) one.merge(*same);
        },
        activity);
}

}  // namespace cloudhijack::detect
