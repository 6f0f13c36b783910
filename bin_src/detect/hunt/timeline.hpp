#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {

/// The most lines of `Timeline` and values of `EventIDs`.
inline constexpr std::size_t k_most_shown_events = 20;

/// Lines `time phase call region ip outcome`, in order of time, from the first and the last event
/// of each call and outcome. Of more than k_most_shown_events those stay that evidence stands on,
/// and first ones before last ones.
std::vector<std::string> timeline_of(const Behaviour& behaviour,
                                     const std::set<PrincipalActivity::ShownKey>& behind);

/// The ids of the events among them that evidence stands on.
std::vector<std::string> event_ids_of(const Behaviour& behaviour,
                                      const std::set<PrincipalActivity::ShownKey>& behind);

}  // namespace cloudhijack::detect
