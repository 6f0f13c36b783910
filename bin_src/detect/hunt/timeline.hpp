#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// The most lines of `Timeline` and values of `EventIDs`, of one principal and of several.
inline constexpr std::size_t k_most_shown_events = 20;
inline constexpr std::size_t k_most_campaign_lines = 10;

/// The column `Timeline`.
struct Timeline {
    std::vector<std::string> lines;
    bool is_cut = false;
};

/// Lines `time phase call region ip outcome`, in order of time, from the first and the last event
/// of each call and outcome. Of more those stay that evidence stands on, and first ones before last
/// ones. In a campaign the name of the member follows the time, and how many others made the call.
Timeline timeline_of(const Behaviour& behaviour, const std::set<CallKey>& behind);

/// The ids of the events among them that evidence stands on.
std::vector<std::string> event_ids_of(const Behaviour& behaviour, const std::set<CallKey>& behind);

}  // namespace cloudhijack::detect
