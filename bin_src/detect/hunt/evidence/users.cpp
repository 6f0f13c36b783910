#include "detect/hunt/evidence/users.hpp"

#include <algorithm>

#include "detect/hunt/evidence/words.hpp"
#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {

std::vector<const Member*> users_of(const Behaviour& behaviour, std::size_t service,
                                    std::int64_t first, std::int64_t last) {
    const auto& uses = behaviour.uses(service);
    const std::size_t members = behaviour.members().size();
    std::set<std::size_t> found;
    for (auto at = std::ranges::lower_bound(uses, first, {}, &Calls::first);
         at != uses.end() && (*at)->first() <= last && found.size() < members; ++at) {
        found.insert((*at)->by->index());
    }
    std::vector<const Member*> users;
    users.reserve(found.size());
    for (const std::size_t index : found) users.push_back(&behaviour.members()[index]);
    return users;
}

void PeersOfUsers::add(const Member& user) {
    const auto peers = user.peers(service_, first_, last_);
    const log::Principal& who = user.principal();
    if (!peers || !families_.emplace(who.account, log::family_of(who.name)).second) return;
    sum_ = sum_.value_or(rules::History::Peaks{});
    add_to(sum_->hour, peers->hour);
    add_to(sum_->day, peers->day);
    add_to(sum_->cost, peers->cost);
}

std::string uses_in_words(std::uint64_t calls, std::uint64_t messages, std::string_view label) {
    return (messages == calls ? "" : counted(messages, "message") + " in ") +
           counted(calls, "successful call") + " to " + std::string(label);
}

std::set<CallKey> uses_between(const Behaviour& behaviour, std::size_t service, std::int64_t first,
                               std::int64_t last) {
    std::set<CallKey> keys;
    for (const Calls* calls : behaviour.uses(service)) {
        if (calls->first() >= first && calls->first() <= last) keys.insert(key_of(*calls));
    }
    return keys;
}

}  // namespace cloudhijack::detect
