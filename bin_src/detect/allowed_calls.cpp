#include "detect/allowed_calls.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace cloudhijack::detect {
namespace {

constexpr std::int64_t k_never = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t k_always = std::numeric_limits<std::int64_t>::max();

/// For each service, the second before which its calls are covered.
using CoveredUntil = std::vector<std::int64_t>;

CoveredUntil covered_until(const Behaviour& behaviour, std::string_view evidence) {
    CoveredUntil until(behaviour.service_count(), k_never);
    for (const Exception* exception : behaviour.exceptions()) {
        const bool is_limited = exception->threshold && evidence == k_volume_evidence;
        if (!exception->is_for(evidence) || is_limited) continue;
        for (std::size_t service = 0; service < until.size(); ++service) {
            if (!exception->is_for_service(service)) continue;
            until[service] = std::max(until[service], exception->expires.value_or(k_always));
        }
    }
    return until;
}

// AWS attaches the quarantine with a call that the catalogue names for some services.
std::int64_t quarantine_covered_until(const Catalogue& catalogue, const CoveredUntil& until) {
    std::int64_t all = k_never;
    for (const Catalogue::Entry& entry : catalogue.find("iam.amazonaws.com", "AttachUserPolicy")) {
        all = std::max(all, until[entry.service]);
    }
    return all;
}

// Exceptions end with a day, so with an hour.
PrincipalActivity without_covered(const Behaviour& behaviour, const CoveredUntil& until) {
    const PrincipalActivity& all = behaviour.activity();
    PrincipalActivity left;
    left.take_texts(all);
    const auto regions = behaviour.regions().own_numbers();
    for (const auto& [key, hour] : all.hours) {
        const auto [service, number] = key;
        if (number * k_seconds_an_hour < until[service]) continue;
        left.hours[key].merge(hour, regions);
    }
    for (const auto& [hash, subject] : all.subjects.all()) {
        for (const auto& [kind, seconds] : subject.calls) {
            seconds.for_each([&](std::int64_t second) {
                if (second >= until[kind.service]) left.subjects.add(subject.text, kind, second);
            });
        }
    }
    const std::int64_t quarantine = quarantine_covered_until(behaviour.catalogue(), until);
    all.quarantined.for_each([&](std::int64_t second) {
        if (second >= quarantine) left.quarantined.add(second);
    });
    return left;
}

}  // namespace

BehaviourForEvidence::BehaviourForEvidence(const Behaviour& whole, std::string_view evidence)
    : seen_(&whole) {
    if (whole.exceptions().empty()) return;
    const CoveredUntil until = covered_until(whole, evidence);
    if (std::ranges::all_of(until, [](std::int64_t second) { return second == k_never; })) return;
    activity_ = std::make_unique<const PrincipalActivity>(without_covered(whole, until));
    if (activity_->hours.empty() && activity_->quarantined.is_empty()) {
        seen_ = nullptr;
        return;
    }
    reduced_ = std::make_unique<const Behaviour>(whole.with(*activity_));
    seen_ = reduced_.get();
}

}  // namespace cloudhijack::detect
