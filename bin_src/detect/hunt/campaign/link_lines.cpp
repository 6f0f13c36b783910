#include "detect/hunt/campaign/link_lines.hpp"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "detect/hunt/campaign/member_names.hpp"
#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::detect {
namespace {

/// The links that share a line: the parent, the verb and the name of the call.
using LineKey = std::tuple<std::size_t, std::string_view, std::string_view>;

/// The seconds of a line's links, and the names of its members.
using LineMembers = std::vector<std::pair<std::int64_t, std::string>>;

std::string names_of(const LineMembers& members) {
    std::vector<std::string> names;
    for (const auto& [second, name] : members) names.push_back(name);
    return joined_names(names);
}

// In rows, the holders of a resource's key are named `key of shop`.
std::string_view verb_of(const Behaviour& behaviour, const MemberLink& link) {
    if (link.is_assumed) return " assumed ";
    const std::string& child = behaviour.members()[link.child].principal().name;
    if (log::is_account_principal(child)) return " made a key of ";
    return log::is_key_principal(child) ? " read the " : " made ";
}

std::string_view dropped_in_words(DroppedLinks dropped) {
    switch (dropped) {
        case DroppedLinks::none:
            return "";
        case DroppedLinks::shared:
            return "shared addresses are ignored";
        case DroppedLinks::shared_and_assumed:
            return "shared addresses and assumed roles are ignored";
        case DroppedLinks::all:
            return "each is judged separately";
    }
    return "";
}

}  // namespace

LinkLines link_lines(const Behaviour& behaviour, const Campaign& campaign) {
    const auto name_of = [&behaviour](std::size_t member) {
        return behaviour.name_of(behaviour.members()[member]);
    };
    std::map<LineKey, LineMembers> by_parent;
    for (const MemberLink& link : campaign.links) {
        const auto call = behaviour.catalogue().call_name(link.call.service, link.call.call);
        by_parent[{link.parent, verb_of(behaviour, link), call}].emplace_back(link.second,
                                                                              name_of(link.child));
    }
    std::vector<std::pair<std::int64_t, std::string>> lines;
    for (auto& [key, children] : by_parent) {
        const auto& [parent, verb, call] = key;
        std::ranges::sort(children);
        const std::string who = names_of(children);
        lines.emplace_back(children.front().first,
                           name_of(parent) + std::string(verb) + who + " by " + std::string(call));
    }
    for (const SharedAddress& shared : campaign.shared) {
        LineMembers users;
        for (const auto& [second, member] : shared.users)
            users.emplace_back(second, name_of(member));
        const std::string who = names_of(users);
        lines.emplace_back(users.front().first, who + " called from " + to_text(shared.address));
    }
    std::ranges::sort(lines);
    const bool are_dropped = campaign.dropped != DroppedLinks::none;
    LinkLines shown{.lines = {}, .is_cut = are_dropped || lines.size() > LinkLines::k_most};
    lines.resize(std::min(lines.size(), LinkLines::k_most));
    for (const auto& [second, text] : lines) shown.lines.push_back(at(second) + ' ' + text);
    if (are_dropped) {
        shown.lines.push_back(counted(campaign.linked, "principal") +
                              " are linked, too many to be judged together: " +
                              std::string(dropped_in_words(campaign.dropped)));
    }
    return shown;
}

}  // namespace cloudhijack::detect
