#include "detect/hunt/campaign/member_names.hpp"

#include <string_view>

#include "text/path.hpp"

namespace cloudhijack::detect {
namespace {

std::string_view whole(std::string_view name) { return name; }

std::string_view behind_last_colon(std::string_view name) {
    return name.substr(name.rfind(':') + 1);  // npos + 1 is 0
}

}  // namespace

std::vector<std::string> member_names(const Behaviour& campaign) {
    std::vector<std::string> names;
    for (const auto shorten : {text::last_part, behind_last_colon, whole}) {
        names.clear();
        for (const Member& member : campaign.members()) {
            names.emplace_back(shorten(member.principal().name));
        }
        if (std::set<std::string_view>(names.begin(), names.end()).size() == names.size()) break;
    }
    return names;
}

std::string joined_names(std::span<const std::string> names) {
    constexpr std::size_t most = 3;
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < most; ++i) {
        const bool is_last = i + 1 == names.size();
        if (i > 0) text += is_last ? " and " : ", ";
        text += names[i];
    }
    if (names.size() > most) text += " and " + std::to_string(names.size() - most) + " more";
    return text;
}

std::string actors_in_words(std::span<const std::string> names, const std::set<CallKey>& behind) {
    std::vector<std::string> actors;
    std::set<std::size_t> members;
    for (const CallKey& key : behind) {
        if (members.insert(key.member).second) actors.push_back(names[key.member]);
    }
    return joined_names(actors);
}

}  // namespace cloudhijack::detect
