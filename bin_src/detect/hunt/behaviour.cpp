#include "detect/hunt/behaviour.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace cloudhijack::detect {
namespace {

constexpr std::int64_t k_history_age = 12 * counting::k_seconds_an_hour;

auto kind_of(const Calls& calls) {
    return std::tuple(calls.minute, calls.seconds, calls.service, calls.call, calls.phases,
                      calls.outcome, calls.region);
}

// Calls of the same second and kind become one.
void sort_and_join(std::vector<Calls>& all) {
    std::ranges::sort(all, {}, [](const Calls& calls) {
        return std::tuple_cat(std::tuple(calls.first()), kind_of(calls));
    });
    std::size_t kept = 0;
    for (const Calls& calls : all) {
        if (kept > 0 && kind_of(all[kept - 1]) == kind_of(calls)) {
            all[kept - 1].count += calls.count;
            all[kept - 1].messages += calls.messages;
        } else {
            all[kept++] = calls;
        }
    }
    all.resize(kept);
}

}  // namespace

std::int64_t Calls::first() const {
    return minute * counting::k_seconds_a_minute + seconds.first();
}

std::int64_t Calls::last() const { return minute * counting::k_seconds_a_minute + seconds.last(); }

std::optional<std::int64_t> Calls::first_from(std::int64_t second) const {
    const std::int64_t begin = minute * counting::k_seconds_a_minute;
    const auto found = seconds.first_from(second - begin);
    return found ? std::optional(begin + *found) : std::nullopt;
}

void UseHistory::add(std::int64_t hour, std::uint64_t messages) {
    if (hours_.empty() || hours_.back().number != hour) {
        hours_.push_back({.number = hour, .peak = hours_.empty() ? 0 : hours_.back().peak});
    }
    Hour& last = hours_.back();
    last.messages += messages;
    last.peak = std::max(last.peak, last.messages);
}

std::optional<std::uint64_t> UseHistory::peak_before(std::int64_t second) const {
    const auto is_history = [second](const Hour& hour) {
        return (hour.number + 1) * counting::k_seconds_an_hour + k_history_age <= second;
    };
    const auto end = std::ranges::partition_point(hours_, is_history);
    return end == hours_.begin() ? std::nullopt : std::optional(std::prev(end)->peak);
}

Behaviour::Behaviour(const rules::Catalogue& catalogue, const counting::Interner& regions,
                     const rules::HuntRules& rules, const log::Principal& principal,
                     const PrincipalActivity& activity, rules::Exceptions exceptions)
    : catalogue_(&catalogue),
      regions_(&regions),
      rules_(&rules),
      principal_(&principal),
      activity_(&activity),
      exceptions_(std::move(exceptions)),
      history_(catalogue.services().size()),
      account_known_from_(rules.baseline->known_from(principal.account)) {
    for (const rules::Service& service : catalogue.services()) {
        usual_use_.push_back(rules.baseline->find(principal.account, principal.name, service.id));
    }
    for (const auto& [key, hour] : activity.hours) {
        const auto [service, number] = key;
        if (hour.is_exact()) {
            take_exact_hour(service, number, hour);
        } else {
            take_summed_hour(service, number, hour);
            has_summed_hours_ = true;
        }
    }
    sort_and_join(calls_);
    for (const Calls& calls : calls_) {
        if (calls.is(rules::Phase::use) && calls.is_ok()) {
            history_[calls.service].add(counting::hour_of(calls.first()), calls.messages);
        }
    }
    take_origins();
}

Behaviour Behaviour::with(const PrincipalActivity& part) const {
    Behaviour other(*catalogue_, *regions_, *rules_, *principal_, part, exceptions_);
    other.history_ = history_;
    return other;
}

std::optional<std::uint64_t> Behaviour::threshold(std::size_t service, std::int64_t second) const {
    return rules::allowed_volume(exceptions_, service, second, rules_->thresholds[service]);
}

std::optional<std::uint64_t> Behaviour::usual_peak(std::size_t service, std::int64_t second) const {
    const auto in_range = history_[service].peak_before(second);
    if (!is_known_account(second)) return in_range;
    const rules::Baseline::Use* use = usual_use_[service];
    return std::max(in_range.value_or(0), use != nullptr ? use->peak_hour : 0);
}

void Behaviour::take_exact_hour(std::size_t service, std::int64_t hour,
                                const HourActivity& activity) {
    for (const HuntedCall& call : activity.calls()) {
        const std::int64_t second = hour * counting::k_seconds_an_hour + call.second;
        calls_.push_back({.minute = counting::minute_of(second),
                          .seconds = counting::MinuteBits::of(second),
                          .service = service,
                          .call = call.call,
                          .phases = call.phases,
                          .outcome = call.outcome,
                          .region = regions_->text(call.region),
                          .count = 1,
                          .messages = call.messages});
    }
}

void Behaviour::take_summed_hour(std::size_t service, std::int64_t hour,
                                 const HourActivity& activity) {
    for (const auto& [key, sum] : activity.sums()) {
        calls_.push_back({.minute = hour * 60 + key.minute,
                          .seconds = sum.seconds,
                          .service = service,
                          .call = key.call,
                          .phases = key.phases,
                          .outcome = key.outcome,
                          .region = regions_->text(key.region),
                          .count = sum.count,
                          .messages = sum.messages});
    }
}

void Behaviour::take_origins() {
    // By hour, client and address. A call that two services name is one call.
    std::map<std::int64_t, std::map<std::uint64_t, HourActivity::Origin>> hours;
    std::map<std::int64_t, std::set<std::uint64_t>> seen;
    const auto add = [&hours](std::int64_t hour, const HourActivity::Origin& origin) {
        const auto [place, is_new] = hours[hour].try_emplace(origin.hash, origin);
        if (!is_new) place->second.add(origin);
    };
    for (const auto& [key, activity] : activity_->hours) {
        const std::int64_t hour = key.second;
        for (const HuntedCall& call : activity.calls()) {
            if (!call.is_of_client || !seen[hour].insert(call.identity).second) continue;
            add(hour, HourActivity::origin_of(call, 1));
        }
        const auto origins = activity.origins();
        for (const auto& origin : origins) add(hour, origin);
        if (origins.size() == HourActivity::k_most_origins) {
            std::uint64_t& limit = origins_[hour].limit;
            limit = std::min(limit, origins.back().hash);
        }
    }
    for (const auto& [hour, by_hash] : hours) {
        for (const auto& [hash, origin] : by_hash) {
            if (hash <= origins_[hour].limit) origins_[hour].origins.push_back(origin);
        }
    }
}

}  // namespace cloudhijack::detect
