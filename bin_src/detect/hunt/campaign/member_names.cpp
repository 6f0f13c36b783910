#include "detect/hunt/campaign/member_names.hpp"

#include <cstddef>
#include <vector>

namespace cloudhijack::detect {

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

std::string actors_in_words(const Behaviour& behaviour, const std::set<CallKey>& behind) {
    std::vector<std::string> actors;
    std::set<std::size_t> members;
    for (const CallKey& key : behind) {
        if (members.insert(key.member).second)
            actors.push_back(behaviour.name_of(behaviour.members()[key.member]));
    }
    return joined_names(actors);
}

}  // namespace cloudhijack::detect
