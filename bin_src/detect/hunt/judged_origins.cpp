// Classifies the origins of a principal's calls by what the baseline knows of the principal and its
// account.

#include <algorithm>

#include "detect/hunt/member.hpp"
#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {
namespace {

bool is_away(const JudgedOrigin& origin) {
    return origin.kind == SourceKind::away &&
           origin.from.credentials.has(log::CredentialSign::anywhere);
}

void mark_bulk(HourOrigins& hour) {
    for (JudgedOrigin& origin : hour.origins) {
        if (is_away(origin)) origin.kind = SourceKind::away_in_bulk;
    }
}

}  // namespace

void Member::judge_origins() {
    for (auto& [hour, origins] : origins_) judge_hour(hour, origins);
    judge_bulk();
    for (auto& [hour, origins] : origins_) {
        origins.has_new_source = std::ranges::any_of(origins.origins, &JudgedOrigin::is_new);
    }
}

void Member::judge_hour(std::int64_t hour, HourOrigins& origins) const {
    const std::int64_t second = hour * counting::k_seconds_an_hour;
    const rules::History& history = *rules_->history;
    const bool has_networks = is_known_account(second) && !account_history_->usual_networks.empty();
    bool are_listed = true;
    for (JudgedOrigin& origin : origins.origins) {
        const text::Address network = origin.from.address.network();
        const bool is_listed = history.is_listed_or_private(origin.from.address);
        origin.is_usual_network =
            principal_history_ != nullptr && principal_history_->usual_networks.contains(network);
        origin.is_strangers =
            has_networks && !is_listed && !account_history_->usual_networks.contains(network);
        are_listed = are_listed && is_listed;
        origins.has_stranger |= origin.is_strangers;
        origins.has_address |= origin.from.address.is_there() || origin.from.address.is_service();
        origins.works_anywhere |= origin.from.credentials.has(log::CredentialSign::anywhere);
        const auto client = rules::History::client_id(origin.from.client);
        origins.has_new_client |= is_known_account(second) &&
                                  !account_history_->usual_clients.empty() &&
                                  !account_history_->usual_clients.contains(client);
    }
    origins.is_known = are_listed || (is_known_account(second) && !origins.has_stranger);
    if (!has_networks) return;
    const rules::History::PrincipalHistory* grown = grown_history(second);
    for (JudgedOrigin& origin : origins.origins) origin.kind = kind_of(origin, grown);
    const bool at_home = std::ranges::any_of(origins.origins, &JudgedOrigin::is_usual_network);
    for (JudgedOrigin& origin : origins.origins) {
        const bool is_stolen = at_home || origin.from.credentials.has(log::CredentialSign::scoped);
        if (origin.kind == SourceKind::strange && is_stolen) origin.kind = SourceKind::stolen;
    }
}

SourceKind Member::kind_of(const JudgedOrigin& origin,
                           const rules::History::PrincipalHistory* history) const {
    const auto client = rules::History::client_id(origin.from.client);
    if (history == nullptr) {
        if (!origin.is_strangers) return SourceKind::ordinary;
        const bool is_new_client = !account_history_->usual_clients.empty() &&
                                   !account_history_->usual_clients.contains(client);
        const bool is_strange =
            is_new_client || origin.from.credentials.has(log::CredentialSign::anywhere);
        return is_strange ? SourceKind::strange_newcomer : SourceKind::newcomer;
    }
    if (origin.is_usual_network || !history->networks_are_informative) return SourceKind::ordinary;
    // A list of too many clients may include any client as usual; a list that is not informative
    // includes none.
    if (!history->clients_are_informative && !history->clients_are_too_many) {
        return SourceKind::ordinary;
    }
    const bool is_new_client =
        history->clients_are_informative && !history->usual_clients.contains(client);
    if (origin.is_strangers) return is_new_client ? SourceKind::strange : SourceKind::away;
    // Private addresses belong to everybody; the others belong to somebody in the account, or are
    // listed.
    const text::Address& address = origin.from.address;
    const bool is_place =
        address.is_service() || (address.is_there() && !rules::is_private(address));
    return is_new_client && is_place ? SourceKind::unusual : SourceKind::ordinary;
}

// Use away from the usual networks becomes a sign once there is a lot of it.
void Member::judge_bulk() {
    const auto found = rules_->evidence->find("new_source");
    if (found == rules_->evidence->end()) return;
    const auto hours = static_cast<std::int64_t>(found->second.number("bulk_hours"));
    const std::uint64_t least = found->second.number("bulk_messages");
    std::map<std::int64_t, std::uint64_t> messages;  // by hour
    for (const auto& [hour, origins] : origins_) {
        for (const JudgedOrigin& origin : origins.origins) {
            if (is_away(origin)) add_to(messages[hour], origin.from.messages);
        }
    }
    std::uint64_t sum = 0;
    auto end = messages.begin();
    auto unmarked = messages.begin();  // the first hour that is not marked yet
    for (auto begin = messages.begin(); begin != messages.end(); ++begin) {
        for (; end != messages.end() && end->first < begin->first + hours; ++end) {
            add_to(sum, end->second);
        }
        if (sum >= least) {
            if (unmarked != messages.end() && unmarked->first < begin->first) {
                unmarked = begin;
            }
            for (; unmarked != end; ++unmarked) mark_bulk(origins_[unmarked->first]);
        }
        sum -= std::min(sum, begin->second);
    }
}

}  // namespace cloudhijack::detect
