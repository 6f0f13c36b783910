#include "detect/baseline/baseline_range.hpp"

#include <algorithm>
#include <bit>
#include <tuple>
#include <utility>

#include "detect/hunt/campaign/makings.hpp"
#include "rules/baseline_text.hpp"
#include "rules/history.hpp"
#include "rules/networks.hpp"

namespace cloudhijack::detect {
namespace {

using rules::Baseline;
using rules::Phase;

constexpr std::int64_t k_hours_a_day = 24;

class RangeReader {
  public:
    /// Of events after `end` only the number is kept.
    explicit RangeReader(std::int64_t end) : end_(end) {}

    void add(const Behaviour& behaviour) {
        events_ahead_.clear();
        for (const Calls& calls : behaviour.calls()) {
            if (!is_in_time(calls, behaviour)) continue;
            const std::string& service = behaviour.catalogue().services()[calls.service].id;
            PairActivity& pair = range_.pairs[key(behaviour, service)];
            pair.add(calls);
            pair.add_outcome(calls);
            if (!calls.phases.is_only(Phase::link)) own(behaviour).add(calls);
        }
        for (const Calls& calls : behaviour.calls_by_provider()) add_to_pair(behaviour, calls);
        // Notes are not activity, but those with a cost are the only trace of the calls that they
        // are about.
        for (const Calls& calls : behaviour.notes()) {
            if (has_cost(behaviour, calls.service)) add_to_pair(behaviour, calls);
        }
        for (const auto& [event, count] : events_ahead_) range_.ahead += count;
        add_costs(behaviour);
        add_models(behaviour);
        add_origins(behaviour);
        add_as_parent(behaviour);
        range_.has_makings =
            range_.has_makings || !makings_of(behaviour.catalogue(), behaviour.head()).empty();
    }

    [[nodiscard]] BaselineRange taken() { return std::move(range_); }

  private:
    static Baseline::Pair key(const Behaviour& behaviour, std::string_view service) {
        return {.account = behaviour.head().principal().account,
                .principal = behaviour.head().principal().name,
                .service = std::string(service)};
    }

    // A call that the principal did not make itself, but that counts as its own.
    void add_to_pair(const Behaviour& behaviour, const Calls& calls) {
        if (!is_in_time(calls, behaviour)) return;
        const std::string& service = behaviour.catalogue().services()[calls.service].id;
        PairActivity& pair = range_.pairs[key(behaviour, service)];
        pair.add(calls);
        pair.add_outcome(calls);
    }

    static bool has_cost(const Behaviour& behaviour, std::size_t service) {
        return std::ranges::any_of(behaviour.spends(), [service](const MinuteSpend& spend) {
            return spend.service == service && spend.cost;
        });
    }

    void add_costs(const Behaviour& behaviour) {
        for (const MinuteSpend& spend : behaviour.spends()) {
            const std::string& service = behaviour.catalogue().services()[spend.service].id;
            const auto found = range_.pairs.find(key(behaviour, service));
            if (!spend.cost || !spend.is_success || found == range_.pairs.end()) continue;
            const auto hour = found->second.hours.find(
                counting::hour_of(spend.minute * counting::k_seconds_a_minute));
            if (hour == found->second.hours.end()) continue;
            hour->second.cost = rules::cost_sum(hour->second.cost, *spend.cost);
        }
    }

    PairActivity& own(const Behaviour& behaviour) {
        return range_.pairs[key(behaviour, Baseline::k_principal_service)];
    }

    bool is_in_time(const Calls& calls, const Behaviour& behaviour) {
        if (calls.last() > end_) {
            // An event counts once even if two services name its call.
            std::uint64_t& count =
                events_ahead_[{calls.minute, calls.seconds.bits, behaviour.name_of(calls),
                               calls.region, static_cast<int>(calls.outcome)}];
            count = std::max(count, calls.count);
            return false;
        }
        if (calls.first() < 0) return false;
        range_.newest = std::max(range_.newest.value_or(calls.last()), calls.last());
        return true;
    }

    void add_models(const Behaviour& behaviour) {
        for (const auto& [service, texts] : behaviour.head().activity().models) {
            const auto found =
                range_.pairs.find(key(behaviour, behaviour.catalogue().services()[service].id));
            if (found == range_.pairs.end()) continue;
            for (const auto& [hash, text] : texts.all()) {
                for (const auto& [day, hours] : text.days) {
                    found->second.models.add(text.text,
                                             day * k_hours_a_day + std::countr_zero(hours));
                }
            }
        }
    }

    void add_origins(const Behaviour& behaviour) {
        const auto found = range_.pairs.find(key(behaviour, Baseline::k_principal_service));
        if (found == range_.pairs.end()) return;
        for (const auto& [hour, seen] : behaviour.head().origins()) {
            for (const JudgedOrigin& judged : seen.origins) {
                const HourActivity::Origin& origin = judged.from;
                found->second.clients.add(
                    rules::client_text(rules::History::client_id(origin.client)), hour);
                if (origin.address.is_service()) {
                    found->second.networks.add(behaviour.head().service_name(origin.address), hour);
                } else if (origin.address.is_there()) {
                    found->second.networks.add(rules::network_text(origin.address.network()), hour);
                }
            }
        }
    }

    // The roles' accounts can differ from the caller's.
    void add_as_parent(const Behaviour& behaviour) {
        for (const SubjectCalls& calls : behaviour.subjects()) {
            const auto topic = behaviour.catalogue().topic(calls.kind->service, calls.kind->call);
            if (topic != log::CallTopic::role_assumed || !calls.is_ok()) continue;
            const std::string_view account = log::account_of_role(calls.text);
            const log::Principal& caller = calls.by->principal();
            const bool is_itself = account == caller.account &&
                                   log::role_key(calls.text) == log::actor_key(caller.name);
            if (account.empty() || is_itself) continue;
            DaysOfValues& parents =
                range_.parents[{.account = std::string(account),
                                .principal = std::string(calls.text),
                                .service = std::string(Baseline::k_principal_service)}];
            calls.seconds->for_each([&](std::int64_t second) {
                if (second > end_) return;
                parents.add(caller.name, counting::hour_of(second));
            });
        }
    }

    using EventKey =
        std::tuple<std::int64_t, std::uint64_t, std::string_view, std::string_view, int>;

    std::int64_t end_;
    BaselineRange range_;
    std::map<EventKey, std::uint64_t> events_ahead_;  ///< of one principal
};

}  // namespace

std::int32_t day_of_hour(std::int64_t hour) {
    return counting::day_of(hour * counting::k_seconds_an_hour);
}

void DaysOfValues::add(std::string_view value, std::int64_t hour) {
    if (value.empty() || hour < 0) return;
    auto found = values_.find(value);
    if (found == values_.end()) found = values_.try_emplace(std::string(value)).first;
    const auto [day, is_new] = found->second.try_emplace(day_of_hour(hour), hour);
    if (!is_new) day->second = std::min(day->second, hour);
}

void DaysOfValues::add_to(rules::SeenValues& list, Cutoff cutoff) const {
    rules::SeenValues seen;
    for (const auto& [value, days] : values_) {
        for (const auto& [day, hour] : days) {
            if (!cutoff.keeps(hour) || list.has_too_many_on(day)) continue;
            seen.add(value, {.first = day, .last = day});
        }
    }
    list.merge(seen);
}

void PairActivity::add(const Calls& calls) {
    const PairHour seen{.first = calls.first(), .last = calls.last()};
    PairHour& hour = hours.try_emplace(counting::hour_of(seen.first), seen).first->second;
    hour.first = std::min(hour.first, seen.first);
    hour.last = std::max(hour.last, seen.last);
}

void PairActivity::add_outcome(const Calls& calls) {
    if (!calls.is_ok()) return;
    const std::int64_t hour = counting::hour_of(calls.first());
    for (std::size_t phase = 0; phase < rules::k_phase_names.size(); ++phase) {
        if (!calls.is(static_cast<Phase>(phase))) continue;
        phases.add(rules::k_phase_names.at(phase), hour);
    }
    if (!calls.is(Phase::use)) return;
    hours.at(hour).messages += calls.messages;
    regions.add(calls.region, hour);
}

BaselineRange range_of(const HuntActivity& activity, const rules::HuntRules& rules,
                       std::int64_t end) {
    RangeReader reader(end);
    activity.for_each_behaviour(rules,
                                [&reader](const Behaviour& behaviour) { reader.add(behaviour); });
    return reader.taken();
}

}  // namespace cloudhijack::detect
