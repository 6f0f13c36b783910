#include "detect/hunt/behaviour.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <tuple>
#include <utility>

#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {
namespace {

constexpr std::int64_t k_history_age = 12 * counting::k_seconds_an_hour;

auto kind_of(const Calls& calls) {
    return std::tuple(calls.minute, calls.seconds, calls.service, calls.call, calls.phases,
                      calls.outcome, calls.region, calls.by->index());
}

std::string short_name(const log::Principal& who) { return std::string(log::short_name(who.name)); }

std::string resource_name(const log::Principal& who) {
    return who.name.substr(who.name.rfind(':') + 1);  // npos + 1 is 0
}

std::string name_in_account(const log::Principal& who) {
    return short_name(who) + '@' + who.account;
}

std::string whole_name(const log::Principal& who) { return who.name; }

// The shortest names that distinguish the members.
std::vector<std::string> names_of(std::span<const Member> members) {
    std::vector<std::string> names;
    for (const auto name_of : {short_name, resource_name, name_in_account, whole_name}) {
        names.clear();
        for (const Member& member : members) names.push_back(name_of(member.principal()));
        if (std::set<std::string_view>(names.begin(), names.end()).size() == names.size()) break;
    }
    return names;
}

// Joins calls of the same second and kind into one.
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

void UseHistory::add(std::int64_t hour, std::uint64_t amount) {
    if (hours_.empty() || hours_.back().number != hour) {
        hours_.push_back({.number = hour, .peak = hours_.empty() ? 0 : hours_.back().peak});
    }
    Hour& last = hours_.back();
    add_to(last.amount, amount);
    last.peak = std::max(last.peak, last.amount);
}

std::optional<std::uint64_t> UseHistory::peak_before(std::int64_t second) const {
    const auto is_history = [second](const Hour& hour) {
        return (hour.number + 1) * counting::k_seconds_an_hour + k_history_age <= second;
    };
    const auto end = std::ranges::partition_point(hours_, is_history);
    return end == hours_.begin() ? std::nullopt : std::optional(std::prev(end)->peak);
}

Behaviour::Behaviour(const rules::Catalogue& catalogue, const counting::Interner& labels,
                     const rules::HuntRules& rules, std::span<const Member::Basis> parts,
                     std::size_t head)
    : catalogue_(&catalogue),
      labels_(&labels),
      rules_(&rules),
      head_(head),
      history_(catalogue.services().size()),
      cost_history_(catalogue.services().size()) {
    members_.reserve(parts.size());
    for (const Member::Basis& part : parts) {
        members_.emplace_back(catalogue, rules, members_.size(), part);
    }
    for (const Member& member : members_) {
        take_calls(member);
        take_subjects(member);
    }
    sort_and_join(calls_);
    sort_and_join(calls_by_provider_);
    sort_and_join(notes_);
    join_spends();
    note_uses();
    names_ = names_of(members_);
    if (!is_campaign()) return;
    for (const Member& member : members_) {
        for (std::size_t i = 0; i < joined_traits_.items.size(); ++i) {
            joined_traits_.items.at(i).merge(member.activity().traits.items.at(i));
        }
    }
}

Behaviour Behaviour::with(std::span<const PrincipalActivity> less) const {
    std::vector<Member::Basis> parts;
    for (const Member& member : members_) {
        parts.push_back(member.part());
        parts.back().activity = &less[member.index()];
    }
    Behaviour other(*catalogue_, *labels_, *rules_, parts, head_);
    other.history_ = history_;
    other.cost_history_ = cost_history_;
    return other;
}

const counting::BoundedSet& Behaviour::trait(Trait trait) const {
    return is_campaign() ? joined_traits_[trait] : head().activity().traits[trait];
}

bool Behaviour::has_long_term_key() const {
    return std::ranges::any_of(
        members_, [](const Member& member) { return member.activity().has_long_term_key; });
}

bool Behaviour::has_bearer_key() const {
    return std::ranges::any_of(
        members_, [](const Member& member) { return member.activity().has_bearer_key; });
}

bool Behaviour::are_subjects_cut() const {
    return std::ranges::any_of(
        members_, [](const Member& member) { return member.activity().subjects.is_estimated(); });
}

bool Behaviour::is_known_account(std::int64_t second) const {
    return std::ranges::any_of(
        members_, [second](const Member& member) { return member.is_known_account(second); });
}

std::optional<std::uint64_t> Behaviour::threshold(std::size_t service, std::int64_t second) const {
    const std::uint64_t own = rules_->thresholds[service];
    std::uint64_t sum = own;
    for (const Member& member : members_) {
        const auto allowed = rules::allowed_volume(member.part().exceptions, service, second, own);
        // In a campaign, the calls of such a member are excluded instead; see UncoveredBehaviours.
        if (!allowed && is_campaign()) continue;
        if (!allowed) return std::nullopt;
        add_to(sum, *allowed - own);
    }
    return sum;
}

std::optional<std::uint64_t> Behaviour::usual_peak(std::size_t service, std::int64_t second) const {
    const auto in_range = peak_in_range(service, second);
    if (!is_known_account(second)) return in_range;
    std::uint64_t sum = 0;
    for (const Member& member : members_) {
        if (const auto* row = member.grown_use(service, second)) add_to(sum, row->peak_hour);
    }
    return std::max(in_range.value_or(0), sum);
}

void Behaviour::take_calls(const Member& member) {
    for (const auto& [key, hour] : member.activity().hours) {
        const auto [service, number] = key;
        if (hour.is_exact()) {
            take_exact_hour(member, service, number, hour);
        } else {
            take_summed_hour(member, service, number, hour);
            has_summed_hours_ = true;
        }
    }
}

void Behaviour::take_subjects(const Member& member) {
    for (const auto& [key, subject] : member.activity().subjects.all()) {
        for (const auto& [kind, seconds] : subject.calls) {
            subjects_.push_back(
                {.by = &member, .text = subject.text, .kind = &kind, .seconds = &seconds});
        }
    }
}

void Behaviour::add_spend(std::int64_t hour, std::size_t service, const HourActivity::SpendKey& key,
                          const rules::SpendSum& spent) {
    spends_.push_back({.minute = hour * 60 + key.minute,
                       .service = service,
                       .model = labels_->text(key.model),
                       .is_success = key.is_success,
                       .spent = spent,
                       .cost = {}});
}

// Tokens that a cache supplied are subtracted from the input of all calls of a minute together, so
// that the result does not depend on how the calls were divided.
void Behaviour::join_spends() {
    std::ranges::sort(spends_, {}, &MinuteSpend::key);
    std::size_t kept = 0;
    for (const MinuteSpend& spend : spends_) {
        if (kept > 0 && spends_[kept - 1].key() == spend.key()) {
            spends_[kept - 1].spent.add(spend.spent);
        } else {
            spends_[kept++] = spend;
        }
    }
    spends_.resize(kept);
    for (MinuteSpend& spend : spends_) {
        spend.cost = rules_->prices->cost_of(spend.model, spend.spent);
        const std::int64_t hour = counting::hour_of(spend.minute * counting::k_seconds_a_minute);
        if (spend.cost && spend.is_success) cost_history_[spend.service].add(hour, *spend.cost);
    }
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

std::vector<Calls>& Behaviour::list_for(rules::PhaseSet phases, bool is_by_provider) {
    if (phases.is_only(rules::Phase::note)) return notes_;
    return is_by_provider ? calls_by_provider_ : calls_;
}

void Behaviour::take_exact_hour(const Member& member, std::size_t service, std::int64_t hour,
                                const HourActivity& activity) {
    for (const HuntedCall& call : activity.calls()) {
        const std::int64_t second = hour * counting::k_seconds_an_hour + call.second;
        const ModelSpend& spend = activity.spend_of(call);
        if (!spend.spent.is_none()) {
            rules::SpendSum sum;
            sum.add(spend.spent);
            const auto minute =
                static_cast<std::uint8_t>(call.second / counting::k_seconds_a_minute);
            add_spend(hour, service,
                      {.minute = minute,
                       .model = spend.model,
                       .is_success = call.outcome == log::Outcome::ok},
                      sum);
        }
        auto& list = list_for(call.phases, call.is_by_provider);
        list.push_back({.minute = counting::minute_of(second),
                        .seconds = counting::MinuteBits::of(second),
                        .service = service,
                        .call = call.call,
                        .phases = call.phases,
                        .outcome = call.outcome,
                        .region = labels_->text(call.region),
                        .by = &member,
                        .count = 1,
                        .messages = call.messages});
    }
}

void Behaviour::take_summed_hour(const Member& member, std::size_t service, std::int64_t hour,
                                 const HourActivity& activity) {
    for (const auto& [key, sum] : activity.sums()) {
        std::string_view region = labels_->text(key.region);
        if (region == HourSums::k_other_regions) {
            are_regions_cut_ = true;
            region = {};
        }
        auto& list = list_for(key.phases, key.is_by_provider);
        list.push_back({.minute = hour * 60 + key.minute,
                        .seconds = sum.seconds,
                        .service = service,
                        .call = key.call,
                        .phases = key.phases,
                        .outcome = key.outcome,
                        .region = region,
                        .by = &member,
                        .count = sum.count,
                        .messages = sum.messages});
    }
    for (const auto& [key, sum] : activity.spends()) {
        add_spend(hour, service, key, sum);
    }
}

}  // namespace cloudhijack::detect
