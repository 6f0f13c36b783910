#include "detect/hunt/principal_activity.hpp"

#include <algorithm>
#include <utility>

namespace cloudhijack::detect {

void PrincipalActivity::FirstAndLast::take(const ShownEventView& event) {
    if (event < first.with<std::string_view>()) first = event.with<std::string>();
    if (last.with<std::string_view>() < event) last = event.with<std::string>();
}

PrincipalActivity::FirstAndLast& PrincipalActivity::show(const ShownKey& key,
                                                         const ShownEventView& event) {
    const auto [place, is_new] = shown.try_emplace(key);
    if (is_new) {
        place->second = {.first = event.with<std::string>(), .last = event.with<std::string>()};
    } else {
        place->second.take(event);
    }
    return place->second;
}

std::optional<std::int64_t> PrincipalActivity::first_second() const {
    std::optional<std::int64_t> first;
    std::optional<std::size_t> service;
    for (const auto& [key, hour] : hours) {  // the first hour of each service is enough
        if (service == key.first) continue;
        service = key.first;
        const std::int64_t second = key.second * counting::k_seconds_an_hour + hour.first_second();
        first = std::min(first.value_or(second), second);
    }
    return first;
}

void PrincipalActivity::merge(const PrincipalActivity& other,
                              std::span<const std::uint32_t> labels) {
    for (const auto& [hour, activity] : other.hours) hours[hour].merge(activity, labels);
    for (const auto& [key, events] : other.shown) {
        show(key, events.first.with<std::string_view>());
        show(key, events.last.with<std::string_view>());
    }
    subjects.merge(other.subjects);
    for (const auto& [service, hours] : other.models) models[service].merge(hours);
    quarantined.merge(other.quarantined);
    take_texts(other);
}

void PrincipalActivity::take_texts(const PrincipalActivity& other) {
    for (std::size_t i = 0; i < traits.items.size(); ++i) {
        traits.items.at(i).merge(other.traits.items.at(i));
    }
    has_long_term_key |= other.has_long_term_key;
    has_bearer_key |= other.has_bearer_key;
}

}  // namespace cloudhijack::detect
