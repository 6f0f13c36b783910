#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include "detect/coverage/coverage_activity.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/mode_activity.hpp"
#include "detect/volume/volume_activity.hpp"

namespace cloudhijack::detect {

static_assert(ModeActivity<VolumeActivity>);
static_assert(ModeActivity<HuntActivity>);
static_assert(ModeActivity<CoverageActivity>);

/// The counts so far; one type for each way of counting. mode=baseline counts as mode=hunt does.
/// ModeActivity describes the functions below.
using Activity = std::variant<VolumeActivity, HuntActivity, CoverageActivity>;

inline Added add(Activity& activity, const log::Event& event) {
    return std::visit([&event](auto& one) { return one.add(event); }, activity);
}

/// Does nothing if the activities are of different modes.
inline void merge(Activity& activity, const Activity& other) {
    std::visit(
        [&other]<class One>(One& one) {
            if (const auto* same = std::get_if<One>(&other)) one.merge(*same);
        },
        activity);
}

inline std::size_t size_of(const Activity& activity) {
    return std::visit([](const auto& one) { return one.size(); }, activity);
}

/// Deliveries that repeat a call, which counts once; 0 in a mode that counts deliveries.
inline std::uint64_t repeats_in(const Activity& activity) {
    const auto repeats = []<class One>(const One& one) -> std::uint64_t {
        if constexpr (requires { one.repeats(); }) return one.repeats();
        return 0;
    };
    return std::visit(repeats, activity);
}

inline void write(const Activity& activity, partial::DocumentWriter& documents) {
    std::visit([&documents](const auto& one) { one.write(documents); }, activity);
}

inline Result<> take(Activity& activity, std::string_view list, partial::ItemReader& item) {
    return std::visit([&](auto& one) { return one.take(list, item); }, activity);
}

}  // namespace cloudhijack::detect
