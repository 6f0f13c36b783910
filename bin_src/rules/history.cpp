#include "rules/history.hpp"

#include <algorithm>
#include <utility>

#include "log/principal.hpp"
#include "rules/baseline_text.hpp"

namespace cloudhijack::rules {

const Baseline::Row* History::PrincipalHistory::row(std::string_view service) const {
    const auto found = rows.find(service);
    return found == rows.end() ? nullptr : found->second;
}

const History::PrincipalHistory* History::AccountHistory::principal(std::string_view name) const {
    const auto found = principals.find(name);
    return found == principals.end() ? nullptr : &found->second;
}

std::optional<History::Peaks> History::AccountHistory::peers_of(std::string_view principal,
                                                                std::string_view service) const {
    const std::string family = log::family_of(principal);
    if (family.empty()) return std::nullopt;
    const auto found = family_peaks.find(std::pair(std::string(service), family));
    return found == family_peaks.end() ? std::nullopt : found->second.without(principal);
}

void History::FamilyPeaks::TwoLargest::add(std::string_view whose, std::uint64_t peak) {
    if (principal.empty() || peak > largest) {
        second = principal.empty() ? 0 : largest;
        largest = peak;
        principal = whose;
    } else {
        second = std::max(second, peak);
    }
}

void History::FamilyPeaks::add(std::string_view principal, const Baseline::Row& row) {
    principals_.insert(principal);
    hour_.add(principal, row.peak_hour);
    day_.add(principal, row.day_peak());
    cost_.add(principal, row.peak_cost.value_or(0));
}

std::optional<History::Peaks> History::FamilyPeaks::without(std::string_view principal) const {
    const bool is_one = principals_.contains(principal);
    if (principals_.size() == (is_one ? 1U : 0U)) return std::nullopt;
    const auto of = [principal](const TwoLargest& peaks) {
        return peaks.principal == principal ? peaks.second : peaks.largest;
    };
    return Peaks{.hour = of(hour_), .day = of(day_), .cost = of(cost_)};
}

History::History(std::shared_ptr<const Baseline> baseline, Networks networks,
                 std::set<std::string, std::less<>> own_accounts)
    : baseline_(std::move(baseline)),
      networks_(std::move(networks)),
      own_accounts_(std::move(own_accounts)) {
    for (const auto& [pair, row] : baseline_->rows()) add(pair, row);
    for (auto& [name, account] : accounts_) {
        for (auto& [actor, times] : account.makings) {
            std::ranges::sort(times.all);
            std::ranges::sort(times.from_unknown_source);
        }
    }
}

History History::with(std::shared_ptr<const Baseline> baseline) const {
    return History(std::move(baseline), networks_, own_accounts_);
}

const History::AccountHistory* History::account(std::string_view account) const {
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? nullptr : &found->second;
}

const SeenValues& History::parents_of(std::string_view account, std::string_view actor_key) const {
    static const SeenValues none;
    const auto roles = parents_.find(account);
    if (roles == parents_.end()) return none;
    const auto found = roles->second.find(actor_key);
    return found == roles->second.end() ? none : found->second;
}

void History::add(const Baseline::Pair& pair, const Baseline::Row& row) {
    if (!row.parents.is_empty()) {
        parents_[pair.account][log::actor_key(pair.principal)].merge(row.parents);
    }
    if (row.has_only_links() && row.made.empty()) return;
    const auto [place, is_new_account] = accounts_.try_emplace(pair.account);
    AccountHistory& account = place->second;
    const std::int64_t known_from = row.first_seen + k_learning;
    account.known_from = is_new_account ? known_from : std::min(account.known_from, known_from);
    for (const Baseline::Making& making : row.made) {
        MakingTimes& times = account.makings[log::actor_key(pair.principal)];
        times.all.push_back(making.second);
        if (!making.is_from_known_source) times.from_unknown_source.push_back(making.second);
    }
    if (row.has_only_links()) return;
    const auto [found, is_new] = account.principals.try_emplace(pair.principal);
    PrincipalHistory& principal = found->second;
    principal.oldest = is_new ? row.first_seen : std::min(principal.oldest, row.first_seen);
    principal.rows.emplace(pair.service, &row);
    if (row.has_use()) {
        account.used_services.insert(pair.service);
        const std::string family = log::family_of(pair.principal);
        if (!family.empty()) {
            account.family_peaks[{pair.service, family}].add(pair.principal, row);
        }
    }
    if (pair.service != Baseline::k_principal_service) return;
    for (const auto& [network, days] : row.networks.values()) {
        if (days.is_usual()) principal.usual_networks.insert(network_of_text(network));
    }
    for (const auto& [text, days] : row.clients.values()) {
        const auto client = client_of_text(text);
        if (client && days.is_usual()) principal.usual_clients.insert(*client);
    }
    principal.networks_are_informative = row.networks.is_informative();
    principal.clients_are_informative = row.clients.is_informative();
    principal.clients_are_too_many = row.clients.too_many().has_value();
    account.usual_networks.insert(principal.usual_networks.begin(), principal.usual_networks.end());
    account.usual_clients.insert(principal.usual_clients.begin(), principal.usual_clients.end());
}

}  // namespace cloudhijack::rules
