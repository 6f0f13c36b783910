#include "detect/principal_activity.hpp"

#include <utility>

namespace cloudhijack::detect {

void PrincipalActivity::show(const ShownKey& key, ShownEvent event) {
    const auto [place, is_new] =
        shown.try_emplace(key, FirstAndLast{.first = event, .last = event});
    if (is_new) return;
    if (event < place->second.first) place->second.first = event;
    if (place->second.last < event) place->second.last = std::move(event);
}

void PrincipalActivity::merge(const PrincipalActivity& other,
                              std::span<const std::uint32_t> region_numbers) {
    for (const auto& [hour, activity] : other.hours) hours[hour].merge(activity, region_numbers);
    for (const auto& [key, events] : other.shown) {
        show(key, events.first);
        show(key, events.last);
    }
    subjects.merge(other.subjects);
    quarantined.merge(other.quarantined);
    take_texts(other);
}

void PrincipalActivity::take_texts(const PrincipalActivity& other) {
    for (BoundedSet PrincipalActivity::* const set : k_sets) {
        (this->*set).merge(other.*set);
    }
    has_long_term_key |= other.has_long_term_key;
    has_bearer_key |= other.has_bearer_key;
}

}  // namespace cloudhijack::detect
