// The principals of a HuntActivity once all events are counted.

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/hunt_activity.hpp"

namespace cloudhijack::detect {

std::map<HuntActivity::Attached, const log::Principal*> HuntActivity::known_users() const {
    std::map<Attached, const log::Principal*> users;
    if (attached_.empty()) return users;
    for (const auto& [principal, activity] : principals_) {
        const std::string_view user = log::user_of(principal.name);
        if (user.empty()) continue;
        // Several users with one name, which only forged records can have: the first one counts.
        users.try_emplace({principal.account, std::string(user)}, &principal);
    }
    return users;
}

// Logs that only know sessions, and records without an issuer, name a role without its path. Role
// names are unique within an account, so both names are the same role.
HuntActivity::WholeActivities HuntActivity::roles_of_two_names() const {
    WholeActivities whole;
    for (const auto& [principal, activity] : principals_) {
        log::Principal other = principal;
        other.name = log::without_path(principal.name);
        if (other.name == principal.name) continue;
        const auto found = principals_.find(other);
        if (found == principals_.end()) continue;
        if (!whole.try_emplace(other).second) continue;
        PrincipalActivity& both = whole[principal].emplace();
        both.merge(activity);
        both.merge(found->second);
    }
    return whole;
}

// A policy that AWS attached to a user belongs to that user, regardless of others who acted under
// the name.
void HuntActivity::add_attached(WholeActivities& whole) const {
    const auto users = known_users();
    for (const auto& [user, attached] : attached_) {
        const auto found = users.find(user);
        const log::Principal principal =
            found != users.end()
                ? *found->second
                : log::Principal{.account = user.first,
                                 .name = log::user_principal(user.first, user.second)};
        std::optional<PrincipalActivity>& activity = whole[principal];
        if (!activity) {
            activity.emplace();
            const auto own = principals_.find(principal);
            if (own != principals_.end()) activity->merge(own->second);
        }
        activity->merge(attached);
    }
}

void HuntActivity::for_each_principal(const WholeActivities& whole,
                                      const VisitPrincipal& visit) const {
    auto next = whole.begin();
    const auto visit_whole = [&](auto is_before) {
        for (; next != whole.end() && is_before(next->first); ++next) {
            if (next->second) visit(next->first, *next->second);
        }
    };
    for (const auto& [principal, activity] : principals_) {
        visit_whole([&](const log::Principal& other) { return other < principal; });
        if (next == whole.end() || next->first != principal) visit(principal, activity);
    }
    visit_whole([](const log::Principal&) { return true; });
}

void HuntActivity::for_each_behaviour(const rules::HuntRules& rules,
                                      const std::function<void(const Behaviour&)>& visit) const {
    const WholeActivities whole = roles_of_two_names();
    for_each_principal(whole, [&](const log::Principal& principal,
                                  const PrincipalActivity& activity) {
        const Member::Basis part{.principal = &principal, .activity = &activity, .exceptions = {}};
        visit(Behaviour(*catalogue_, labels_, rules, {&part, 1}));
    });
}

std::map<std::string, std::set<std::size_t>> HuntActivity::services_by_account() const {
    std::map<std::string, std::set<std::size_t>> services;
    const auto add = [&services](const std::string& account, const PrincipalActivity& activity) {
        for (const auto& [key, events] : activity.shown) services[account].insert(key.service);
    };
    for (const auto& [principal, activity] : principals_) add(principal.account, activity);
    for (const auto& [user, activity] : attached_) add(user.first, activity);
    return services;
}

std::set<std::string> HuntActivity::models_without_price(const rules::Prices& prices) const {
    std::set<std::uint32_t> models;
    for (const auto& [principal, activity] : principals_) {
        for (const auto& [key, hour] : activity.hours) {
            for (const HuntedCall& call : hour.calls()) {
                const auto& [model, spent] = hour.spend_of(call);
                if (spent.has_tokens()) models.insert(model);
            }
            for (const auto& [spend_key, sum] : hour.spends()) {
                if (sum.has_tokens()) models.insert(spend_key.model);
            }
        }
    }
    std::set<std::string> names;
    for (const std::uint32_t model : models) {
        const std::string_view name = labels_.text(model);
        if (prices.find(name) == nullptr) names.insert(rules::shown_model(name));
    }
    return names;
}

std::uint64_t HuntActivity::repeats() const {
    std::uint64_t repeats = 0;
    const auto count = [&repeats](const auto& activities) {
        for (const auto& [key, activity] : activities) {
            for (const auto& [hour, calls] : activity.hours) repeats += calls.repeats();
        }
    };
    count(principals_);
    count(attached_);
    return repeats;
}

}  // namespace cloudhijack::detect
