#pragma once

#include <variant>

#include "detect/added.hpp"
#include "detect/coverage/coverage_activity.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/volume/volume_activity.hpp"
#include "log/event.hpp"

namespace cloudhijack::detect {

/// What has been counted so far; one type for each way of counting. mode=baseline counts as
/// mode=hunt does.
using Activity = std::variant<VolumeActivity, HuntActivity, CoverageActivity>;

inline Added add(Activity& activity, const log::Event& event) {
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

/// How many groups, or principals, it holds.
inline std::size_t size_of(const Activity& activity) {
    return std::visit([](const auto& one) { return one.size(); }, activity);
}

/// Writes all that an activity holds as items of partial documents.
inline void write(const Activity& activity, partial::DocumentWriter& documents) {
    std::visit([&documents](const auto& one) { one.write(documents); }, activity);
}

/// Takes an item of a partial document; see the activities' own.
inline Result<> take(Activity& activity, std::string_view list, partial::ItemReader& item) {
    return std::visit([&](auto& one) { return one.take(list, item); }, activity);
}

}  // namespace cloudhijack::detect
