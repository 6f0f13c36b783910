#include "detect/hunt/uncovered_behaviours.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace cloudhijack::detect {
namespace {

// Before and behind all times, and far enough from the ends to be counted from.
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min() / 2;
constexpr std::int64_t k_always = std::numeric_limits<std::int64_t>::max() / 2;

}  // namespace

UncoveredBehaviours::CoveredUntil UncoveredBehaviours::covered_until(
    std::string_view evidence) const {
    CoveredUntil until(whole_->service_count(), k_never);
    for (const rules::Exception* exception : whole_->exceptions()) {
        const bool is_limited = exception->threshold && evidence == rules::k_volume_evidence;
        if (!exception->is_for(evidence) || is_limited) continue;
        for (std::size_t service = 0; service < until.size(); ++service) {
            if (!exception->is_for_service(service)) continue;
            until[service] = std::max(until[service], exception->expires.value_or(k_always));
        }
    }
    return until;
}

// Exceptions end with a day, so with an hour.
PrincipalActivity UncoveredBehaviours::without_covered(const CoveredUntil& until) const {
    const PrincipalActivity& all = whole_->activity();
    PrincipalActivity left;
    left.take_texts(all);
    const auto regions = whole_->regions().own_numbers();
    for (const auto& [key, hour] : all.hours) {
        const auto [service, number] = key;
        if (number * counting::k_seconds_an_hour < until[service]) continue;
        left.hours[key].merge(hour, regions);
    }
    for (const auto& [service, models] : all.models) {
        for (const auto& [hash, model] : models.all()) {
            model.for_each_hour([&, service = service](std::int64_t hour) {
                if (hour * counting::k_seconds_an_hour < until[service]) return;
                left.models[service].add(model.text, hour);
            });
        }
    }
    for (const auto& [hash, subject] : all.subjects.all()) {
        for (const auto& [kind, seconds] : subject.calls) {
            const std::int64_t end = until[kind.service];
            for (auto second = seconds.first_from(end); second;
                 second = seconds.first_from(*second + 1)) {
                left.subjects.add(subject.text, kind, *second);
            }
        }
    }
    // That AWS found a key in public is covered where all services are.
    std::int64_t quarantine = k_always;
    for (const std::int64_t second : until) quarantine = std::min(quarantine, second);
    all.quarantined.for_each([&](std::int64_t second) {
        if (second >= quarantine) left.quarantined.add(second);
    });
    return left;
}

const Behaviour* UncoveredBehaviours::left_for(std::string_view evidence) {
    if (whole_->exceptions().empty()) return whole_;
    const CoveredUntil until = covered_until(evidence);
    if (std::ranges::all_of(until, [](std::int64_t second) { return second == k_never; })) {
        return whole_;
    }
    const auto [place, is_new] = left_.try_emplace(until);
    Remainder& left = place->second;
    if (is_new) {
        left.activity = without_covered(until);
        const bool is_empty = left.activity.hours.empty() && left.activity.quarantined.is_empty();
        if (!is_empty) left.behaviour = whole_->with(left.activity);
    }
    return left.behaviour ? &*left.behaviour : nullptr;
}

}  // namespace cloudhijack::detect
