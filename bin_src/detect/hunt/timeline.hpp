#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// The most lines of `Timeline` and values of `EventIDs`, for a single principal and for a
/// campaign.
inline constexpr std::size_t k_most_shown_events = 20;
inline constexpr std::size_t k_most_campaign_lines = 10;

/// The column `Timeline`.
struct Timeline {
    std::vector<std::string> lines;
    bool is_cut = false;
};

/// Lines `time phase call region ip outcome`, in order of time, from the first and the last event
/// of each call and outcome. If there are too many, those that are evidence take precedence, then
/// first events over last ones. In a campaign, the member's name follows the time, with the number
/// of other members that made the call.
Timeline timeline_of(const Behaviour& behaviour, const std::set<CallKey>& behind);

/// The ids of those events that are evidence.
std::vector<std::string> event_ids_of(const Behaviour& behaviour, const std::set<CallKey>& behind);

}  // namespace cloudhijack::detect
