#include "detect/hunt/makings.hpp"

#include <algorithm>
#include <tuple>

#include "detect/hunt/behaviour.hpp"

namespace cloudhijack::detect {
namespace {

bool makes_principal(log::CallTopic topic) {
    using enum log::CallTopic;
    return topic == user || topic == login || topic == api_key || topic == role;
}

}  // namespace

void MakingIndex::add(std::string_view account, const MakingCall& making) {
    FirstMakings& first = makings_[{std::string(account), making.child_key}];
    first.any = std::min(first.any.value_or(making.second), making.second);
    if (making.is_from_known_source) return;
    first.from_unknown_source =
        std::min(first.from_unknown_source.value_or(making.second), making.second);
}

const FirstMakings& MakingIndex::of(const log::Principal& child) const {
    static const FirstMakings none;
    const auto found = makings_.find({child.account, log::actor_key(child.name)});
    return found == makings_.end() ? none : found->second;
}

std::vector<MakingCall> makings_of(const Behaviour& maker) {
    std::vector<MakingCall> makings;
    const std::string own_key = log::actor_key(maker.principal().name);
    const std::string& account = maker.principal().account;
    for (const auto& [hash, subject] : maker.activity().subjects.all()) {
        for (const auto& [kind, seconds] : subject.calls) {
            const auto topic = maker.catalogue().topic(kind.service, kind.call);
            const bool is_user = kind.kind == log::SubjectKind::user;
            if (!kind.is_ok() || !makes_principal(topic)) continue;
            if (!is_user && kind.kind != log::SubjectKind::role) continue;
            MakingCall making;
            making.child_key = is_user ? log::user_key(subject.text) : log::role_key(subject.text);
            if (making.child_key == own_key) continue;
            making.child_name = is_user ? log::user_principal(account, subject.text)
                                        : log::role_principal(account, subject.text);
            seconds.for_each([&](std::int64_t second) {
                making.second = second;
                making.is_from_known_source = maker.is_known_source(second);
                makings.push_back(making);
            });
        }
    }
    std::ranges::sort(makings, {}, [](const MakingCall& making) {
        return std::tie(making.second, making.child_key);
    });
    const auto repeated = std::ranges::unique(makings, {}, [](const MakingCall& making) {
        return std::tie(making.second, making.child_key);
    });
    makings.erase(repeated.begin(), repeated.end());
    return makings;
}

}  // namespace cloudhijack::detect
