#include "detect/hunt/behaviour.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

namespace cloudhijack::detect {
namespace {

// How long a making by somebody known vouches for a principal.
constexpr std::int64_t k_vouched_for = 30 * counting::k_seconds_a_day;
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
      account_history_(rules.history->account(principal.account)) {
    if (account_history_ != nullptr) {
        principal_history_ = account_history_->principal(principal.name);
    }
    for (const rules::Service& service : catalogue.services()) {
        rows_.push_back(principal_history_ == nullptr ? nullptr
                                                      : principal_history_->row(service.id));
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
    sort_and_join(calls_by_provider_);
    note_uses();
    take_origins();
    judge_origins();
}

Behaviour Behaviour::with(const PrincipalActivity& part) const {
    Behaviour other(*catalogue_, *regions_, *rules_, *principal_, part, exceptions_);
    other.history_ = history_;
    other.makings_ = makings_;
    return other;
}

std::optional<std::uint64_t> Behaviour::threshold(std::size_t service, std::int64_t second) const {
    return rules::allowed_volume(exceptions_, service, second, rules_->thresholds[service]);
}

std::optional<std::uint64_t> Behaviour::usual_peak(std::size_t service, std::int64_t second) const {
    const auto in_range = peak_in_range(service, second);
    if (!is_known_account(second)) return in_range;
    const bool has_row = rows_[service] != nullptr && grown_history(second) != nullptr;
    return std::max(in_range.value_or(0), has_row ? rows_[service]->peak_hour : 0);
}

std::string_view Behaviour::service_name(const text::Address& address) const {
    for (const std::string& name : activity_->traits[Trait::source_service].texts()) {
        if (rules::address_of_service(name) == address) return name;
    }
    return {};
}

bool Behaviour::is_strangers(std::int64_t second) const {
    const auto found = origins_.find(counting::hour_of(second));
    return found != origins_.end() && found->second.has_stranger;
}

bool Behaviour::is_known_source(std::int64_t second) const {
    const auto found = origins_.find(counting::hour_of(second));
    return found == origins_.end() || found->second.is_known;
}

const rules::History::PrincipalHistory* Behaviour::grown_history(std::int64_t second) const {
    const bool is_grown = principal_history_ != nullptr && !principal_history_->is_young_at(second);
    return is_grown ? principal_history_ : nullptr;
}

bool Behaviour::is_vouched_for(std::int64_t second) const {
    if (makings_.from_unknown_source && *makings_.from_unknown_source <= second) return false;
    bool is_made = makings_.any && *makings_.any <= second;
    if (account_history_ == nullptr) return is_made;
    const auto found = account_history_->makings.find(log::actor_key(principal_->name));
    if (found == account_history_->makings.end()) return is_made;
    for (const rules::Baseline::Making* making : found->second) {
        if (making->second > second || making->second < second - k_vouched_for) continue;
        if (!making->is_from_known_source) return false;
        is_made = true;
    }
    return is_made;
}

bool Behaviour::is_routine(std::size_t service, rules::Phase phase) const {
    const rules::Baseline::Row* row = rows_[service];
    return row != nullptr &&
           row->phases.is_usual(rules::k_phase_names.at(static_cast<std::size_t>(phase)));
}

std::optional<rules::History::Peaks> Behaviour::peers(std::size_t service, std::int64_t first,
                                                      std::int64_t last) const {
    const bool has_new_client =
        any_hour(first, last, [](const HourOrigins& hour) { return hour.has_new_client; });
    if (account_history_ == nullptr || has_new_client) return std::nullopt;
    return account_history_->peers_of(principal_->name, catalogue_->services()[service].id);
}

void Behaviour::note_uses() {
    uses_.resize(service_count());
    for (const auto* list : {&calls_, &calls_by_provider_}) {
        for (const Calls& calls : *list) {
            if (calls.is(rules::Phase::use) && calls.is_ok()) {
                uses_[calls.service].push_back(&calls);
            }
        }
    }
    for (std::size_t service = 0; service < uses_.size(); ++service) {
        if (!calls_by_provider_.empty()) {
            std::ranges::sort(uses_[service], {}, [](const Calls* calls) {
                return std::tuple_cat(std::tuple(calls->first()), detect::kind_of(*calls));
            });
        }
        for (const Calls* calls : uses_[service]) {
            history_[service].add(counting::hour_of(calls->first()), calls->messages);
        }
    }
}

void Behaviour::take_exact_hour(std::size_t service, std::int64_t hour,
                                const HourActivity& activity) {
    for (const HuntedCall& call : activity.calls()) {
        const std::int64_t second = hour * counting::k_seconds_an_hour + call.second;
        auto& list = call.is_by_provider ? calls_by_provider_ : calls_;
        list.push_back({.minute = counting::minute_of(second),
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
        auto& list = key.is_by_provider ? calls_by_provider_ : calls_;
        list.push_back({.minute = hour * 60 + key.minute,
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
            HourOrigins& judged = origins_[hour];
            if (hash <= judged.limit) judged.origins.push_back({.from = origin});
        }
    }
}

}  // namespace cloudhijack::detect
