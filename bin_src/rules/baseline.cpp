#include "rules/baseline.hpp"

#include <algorithm>

namespace cloudhijack::rules {

void Baseline::Use::add(const Use& other) {
    first_seen = std::min(first_seen, other.first_seen);
    last_seen = std::max(last_seen, other.last_seen);
    peak_hour = std::max(peak_hour, other.peak_hour);
}

void Baseline::add(const Pair& pair, const Use& use) {
    const auto [known, is_new] = pairs_.try_emplace(pair, use);
    if (!is_new) known->second.add(use);
    Account& account =
        accounts_.try_emplace(pair.account, Account{.oldest = use.first_seen, .services = {}})
            .first->second;
    account.oldest = std::min(account.oldest, use.first_seen);
    account.services.insert(pair.service);
}

const Baseline::Use* Baseline::find(std::string_view account, std::string_view principal,
                                    std::string_view service) const {
    const auto found =
        pairs_.find(PairView{.account = account, .principal = principal, .service = service});
    return found == pairs_.end() ? nullptr : &found->second;
}

std::optional<std::int64_t> Baseline::known_from(std::string_view account) const {
    const auto found = accounts_.find(account);
    if (found == accounts_.end()) return std::nullopt;
    return found->second.oldest + k_learning;
}

bool Baseline::has_used(std::string_view account, std::string_view service) const {
    const auto found = accounts_.find(account);
    return found != accounts_.end() && found->second.services.contains(service);
}

}  // namespace cloudhijack::rules
