#include "detect/baseline_update.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace cloudhijack::detect {
namespace {

/// The use of one service in the hours that count.
struct CountedUse {
    Baseline::Use use;
    std::map<std::int64_t, std::uint64_t> messages;  ///< by hour
};

std::map<std::size_t, CountedUse> use_until(const Behaviour& behaviour, std::int64_t end) {
    std::map<std::size_t, CountedUse> by_service;
    for (const Calls& calls : behaviour.calls()) {
        const std::int64_t hour = hour_of(calls.first());
        if (!calls.is(Phase::use) || !calls.is_ok()) continue;
        if ((hour + 1) * k_seconds_an_hour >= end) continue;
        const Baseline::Use seen{.first_seen = calls.first(), .last_seen = calls.last()};
        auto& [use, messages] =
            by_service.try_emplace(calls.service, CountedUse{.use = seen, .messages = {}})
                .first->second;
        use.add(seen);
        use.peak_hour = std::max(use.peak_hour, messages[hour] += calls.messages);
    }
    return by_service;
}

}  // namespace

BaselineUpdate update_baseline(const HuntActivity& activity, const HuntRules& rules) {
    const Baseline& known = *rules.baseline;
    BaselineUpdate after;
    after.newest = activity.newest();
    if (!after.newest) {
        after.baseline = known;
        return after;
    }
    const std::int64_t newest = *after.newest;
    activity.for_each_behaviour(rules, [&](const Behaviour& behaviour) {
        const auto services = behaviour.catalogue().services();
        for (const auto& [service, counted] : use_until(behaviour, newest - k_left_for_next)) {
            const Baseline::Pair pair{.account = behaviour.principal().account,
                                      .principal = behaviour.principal().name,
                                      .service = services[service].id};
            after.baseline.add(pair, counted.use);
            if (known.find(pair) == nullptr) ++after.added;
        }
    });
    for (const auto& [pair, use] : known.pairs()) {
        const bool is_seen_again = after.baseline.find(pair) != nullptr;
        if (is_seen_again || use.last_seen >= newest - k_forgotten_after) {
            after.baseline.add(pair, use);
        } else {
            ++after.dropped;
        }
    }
    return after;
}

}  // namespace cloudhijack::detect
