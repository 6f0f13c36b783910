#include "detect/hunt/uncovered_behaviours.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace cloudhijack::detect {
namespace {

// Before and after all times, and far enough from the limits for arithmetic.
constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min() / 2;
constexpr std::int64_t k_always = std::numeric_limits<std::int64_t>::max() / 2;

}  // namespace

std::optional<CoveredUntil> covered_until(const rules::Exceptions& exceptions,
                                          std::string_view evidence, std::size_t services) {
    CoveredUntil until(services, k_never);
    for (const rules::Exception* exception : exceptions) {
        const bool is_meant =
            evidence.empty() ? exception->is_for_all_evidence : exception->is_for(evidence);
        const bool is_limited =
            exception->threshold && (evidence.empty() || evidence == rules::k_volume_evidence);
        if (!is_meant || is_limited) continue;
        for (std::size_t service = 0; service < until.size(); ++service) {
            if (!exception->is_for_service(service)) continue;
            until[service] = std::max(until[service], exception->expires.value_or(k_always));
        }
    }
    if (std::ranges::all_of(until, [](std::int64_t second) { return second == k_never; })) {
        return std::nullopt;
    }
    return until;
}

// Exceptions end with a day, so they also end with an hour.
PrincipalActivity without_covered(const PrincipalActivity& all, const CoveredUntil& until) {
    PrincipalActivity left;
    left.take_texts(all);
    for (const auto& [key, hour] : all.hours) {
        const auto [service, number] = key;
        if (number * counting::k_seconds_an_hour < until[service]) continue;
        left.hours[key].merge(hour);
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
            left.subjects.add(subject.text, kind, seconds.from(until[kind.service]));
        }
    }
    // The discovery of a key in public is covered if all services are.
    std::int64_t quarantine = k_always;
    for (const std::int64_t second : until) quarantine = std::min(quarantine, second);
    left.quarantined = all.quarantined.from(quarantine);
    return left;
}

bool is_empty(const PrincipalActivity& activity) {
    return activity.hours.empty() && activity.quarantined.is_empty();
}

UncoveredBehaviours::UncoveredBehaviours(const Behaviour& whole)
    : whole_(&whole),
      has_exceptions_(std::ranges::any_of(whole.members(), [](const Member& member) {
          return !member.part().exceptions.empty();
      })) {}

UncoveredBehaviours::Remainder UncoveredBehaviours::remainder(const Cover& cover) const {
    Remainder left;
    const CoveredUntil nothing(whole_->service_count(), k_never);
    for (const Member& member : whole_->members()) {
        const CoveredUntil& until = cover[member.index()].value_or(nothing);
        left.activities.push_back(without_covered(member.activity(), until));
    }
    if (!std::ranges::all_of(left.activities, is_empty)) {
        left.behaviour = whole_->with(left.activities);
    }
    return left;
}

const Behaviour* UncoveredBehaviours::left_for(std::string_view evidence) {
    if (!has_exceptions_) return whole_;
    Cover cover;
    for (const Member& member : whole_->members()) {
        cover.push_back(covered_until(member.part().exceptions, evidence, whole_->service_count()));
    }
    const auto is_covered = [](const auto& until) { return until.has_value(); };
    if (std::ranges::none_of(cover, is_covered)) return whole_;
    auto found = left_.find(cover);
    if (found == left_.end()) found = left_.emplace(cover, remainder(cover)).first;
    return found->second.behaviour ? &*found->second.behaviour : nullptr;
}

}  // namespace cloudhijack::detect
