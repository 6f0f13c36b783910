#include "detect/hunt/member.hpp"

#include <algorithm>
#include <utility>

#include "detect/hunt/campaign/makings.hpp"
#include "rules/networks.hpp"

namespace cloudhijack::detect {

Member::Member(const rules::Catalogue& catalogue, const rules::HuntRules& rules, std::size_t index,
               const Basis& part)
    : catalogue_(&catalogue),
      rules_(&rules),
      index_(index),
      part_(part),
      account_history_(rules.history->account(part.principal->account)) {
    if (account_history_ != nullptr) {
        principal_history_ = account_history_->principal(principal().name);
    }
    for (const rules::Service& service : catalogue.services()) {
        rows_.push_back(principal_history_ == nullptr ? nullptr
                                                      : principal_history_->row(service.id));
    }
    take_origins();
    judge_origins();
}

const LinksToChild& Member::links() const {
    static const LinksToChild none;
    return part_.links == nullptr ? none : *part_.links;
}

std::string_view Member::service_name(const text::Address& address) const {
    for (const std::string& name : activity().traits[Trait::source_service].texts()) {
        if (rules::address_of_service(name) == address) return name;
    }
    return {};
}

bool Member::is_strangers(std::int64_t second) const {
    const auto found = origins_.find(counting::hour_of(second));
    return found != origins_.end() && found->second.has_stranger;
}

bool Member::is_known_source(std::int64_t second) const {
    const auto found = origins_.find(counting::hour_of(second));
    return found == origins_.end() || found->second.is_known;
}

bool Member::has_new_source(std::int64_t first, std::int64_t last) const {
    return any_hour(first, last, [](const HourOrigins& hour) { return hour.has_new_source; });
}

const rules::History::PrincipalHistory* Member::grown_history(std::int64_t second) const {
    const bool is_grown = principal_history_ != nullptr && !principal_history_->is_young_at(second);
    return is_grown ? principal_history_ : nullptr;
}

const rules::Baseline::Row* Member::grown_use(std::size_t service, std::int64_t second) const {
    const rules::Baseline::Row* row = rows_[service];
    return row != nullptr && row->has_use() && grown_history(second) != nullptr ? row : nullptr;
}

bool Member::is_routine(std::size_t service, rules::Phase phase) const {
    const rules::Baseline::Row* row = rows_[service];
    return row != nullptr &&
           row->phases.is_usual(rules::k_phase_names.at(static_cast<std::size_t>(phase)));
}

std::optional<rules::History::Peaks> Member::peers(std::size_t service, std::int64_t first,
                                                   std::int64_t last) const {
    const bool has_new_client =
        any_hour(first, last, [](const HourOrigins& hour) { return hour.has_new_client; });
    if (account_history_ == nullptr || has_new_client) return std::nullopt;
    return account_history_->peers_of(principal().name, catalogue_->services()[service].id);
}

bool Member::is_vouched_for(std::int64_t second) const {
    return Vouching(account_history_, log::actor_key(principal().name), links().makings)
        .holds_at(second);
}

void Member::take_origins() {
    // By hour, client and address. A call counts once even if two services name it.
    std::map<std::int64_t, std::map<std::uint64_t, HourActivity::Origin>> hours;
    std::map<std::int64_t, std::map<std::uint64_t, std::size_t>> services;  // by hour and identity
    const auto add = [&hours](std::int64_t hour, const HourActivity::Origin& origin) {
        const auto [place, is_new] = hours[hour].try_emplace(origin.hash, origin);
        if (!is_new) place->second.add(origin);
    };
    for (const auto& [key, hour_activity] : activity().hours) {
        const std::int64_t hour = key.second;
        for (const HuntedCall& call : hour_activity.calls()) {
            if (!call.is_of_client) continue;
            const std::size_t service = key.first;
            if (services[hour].try_emplace(call.identity, service).first->second != service) {
                continue;
            }
            add(hour, HourActivity::origin_of(call, 1));
        }
        const auto origins = hour_activity.origins();
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
