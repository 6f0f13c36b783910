#include "detect/hunt/campaign/ties.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace cloudhijack::detect {
namespace {

std::vector<RoleCall> roles_of(const rules::Catalogue& catalogue, const Member& member) {
    std::vector<RoleCall> roles;
    const std::string own_key = log::actor_key(member.principal().name);
    for (const auto& [key, subject] : member.activity().subjects.all()) {
        if (key.first != log::SubjectKind::role) continue;
        const std::string_view account = log::account_of_role(subject.text);
        if (account.empty()) continue;
        RoleCall role;
        role.account = account;
        role.role_key = log::role_key(subject.text);
        if (role.account == member.principal().account && role.role_key == own_key) continue;
        for (const auto& [kind, seconds] : subject.calls) {
            const auto topic = catalogue.topic(kind.service, kind.call);
            if (!kind.is_ok() || topic != log::CallTopic::role_assumed) continue;
            role.call = {.service = kind.service, .call = kind.call, .outcome = kind.outcome};
            seconds.for_each_minute([&](const counting::SecondsOfMinute& all) {
                role.seconds = all;
                role.is_from_stranger = member.is_strangers(all.start());
                roles.push_back(role);
            });
        }
    }
    return roles;
}

// A principal that travels with its usual client is not a sign of another person.
bool may_be_shared(const JudgedOrigin& origin) {
    return origin.from.address.is_whole() && origin.is_strangers &&
           (origin.is_new() || origin.kind == SourceKind::newcomer);
}

std::vector<SharedSpot> spots_of(const Member& member) {
    std::map<std::pair<std::int64_t, text::Address>, std::int64_t> firsts;
    for (const auto& [hour, origins] : member.origins()) {
        const std::int64_t start = hour * counting::k_seconds_an_hour;
        const std::int64_t day = counting::day_of(start);
        for (const JudgedOrigin& origin : origins.origins) {
            if (!may_be_shared(origin)) continue;
            // Hours come in order, and several clients in one hour may have the same address.
            const std::int64_t second = start + origin.from.all.first;
            const auto [first, is_new] = firsts.try_emplace({day, origin.from.address}, second);
            if (!is_new) first->second = std::min(first->second, second);
        }
    }
    std::vector<SharedSpot> spots;
    spots.reserve(firsts.size());
    for (const auto& [spot, first] : firsts) {
        spots.push_back({.address = spot.second, .day = spot.first, .first = first});
    }
    return spots;
}

bool may_come_from_stranger(const rules::History& history,
                            const rules::History::AccountHistory& account,
                            const counting::BoundedSet& addresses) {
    return addresses.is_estimated() ||
           std::ranges::any_of(addresses.texts(), [&](const std::string& text) {
               const text::Address address = text::parse_address(text);
               return !history.is_listed_or_private(address) &&
                      !account.usual_networks.contains(address.network());
           });
}

}  // namespace

bool may_have_ties(const rules::HuntRules& rules, const Member::Basis& part) {
    if (is_about_principals(*part.activity)) return true;
    if (!part.principal->one_actor) return false;
    const auto* account = rules.history->account(part.principal->account);
    return account != nullptr && !account->usual_networks.empty() &&
           may_come_from_stranger(*rules.history, *account, part.activity->traits[Trait::address]);
}

Ties ties_of(const rules::Catalogue& catalogue, const Member& member) {
    return {.makings = makings_of(catalogue, member),
            .roles = roles_of(catalogue, member),
            .spots = member.principal().one_actor ? spots_of(member) : std::vector<SharedSpot>{}};
}

}  // namespace cloudhijack::detect
