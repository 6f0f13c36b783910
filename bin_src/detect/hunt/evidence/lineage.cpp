// Evidence of principals that were made for immediate use.

#include <algorithm>
#include <array>
#include <span>
#include <tuple>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// --- made_then_used: a new principal, or a new credential, is put to use soon after ---

constexpr std::array k_made_then_used = {
    ParameterSpec{.key = "one_stranger_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "strangers_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "assumed_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "assumed_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "assumed_one_stranger_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "assumed_strangers_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "no_history_score", .kind = rules::ParameterKind::number}};

bool is_for_service(const Calls& calls) {
    return calls.is(rules::Phase::use) || calls.is(rules::Phase::enable) ||
           calls.is(rules::Phase::recon);
}

/// A call by which a child shows its purpose.
struct ChildCall {
    std::int64_t second = 0;
    bool is_in_known_account = false;
    bool is_from_stranger = false;
    const Calls* calls = nullptr;
};

/// The calls of one member in order of time; calls of one second are in a fixed order.
std::vector<ChildCall> calls_of(const Behaviour& behaviour, const Member& child) {
    std::vector<ChildCall> all;
    for (const Calls& calls : behaviour.calls()) {
        if (calls.by != &child || !is_for_service(calls)) continue;
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            const bool is_known = child.is_known_account(*second);
            // Its usual calls do not show its purpose.
            if (is_known && child.grown_history(*second) != nullptr &&
                !child.has_new_source(*second, *second)) {
                continue;
            }
            all.push_back({.second = *second,
                           .is_in_known_account = is_known,
                           .is_from_stranger = child.is_strangers(*second),
                           .calls = &calls});
        }
    }
    std::ranges::sort(all, {},
                      [](const ChildCall& call) { return std::tuple(call.second, call.calls); });
    return all;
}

/// A link to a child, and the child's first call after it.
struct PutToUse {
    std::uint64_t score = 0;
    const LinkToChild* link = nullptr;
    std::int64_t link_second = 0;
    std::string_view link_name;  ///< of its call
    const Member* child = nullptr;
    ChildCall call;

    [[nodiscard]] auto rank() const {
        return std::tuple(-static_cast<std::int64_t>(score), link_second, call.second,
                          std::string_view(link->parent->name), child->index(), link_name);
    }
};

std::uint64_t score_of(const rules::EvidenceSettings& settings, const LinkToChild& link,
                       const ChildCall& call) {
    if (!call.is_in_known_account) return settings.number("no_history_score");
    const bool both = link.is_from_stranger && call.is_from_stranger;
    const bool one = link.is_from_stranger || call.is_from_stranger;
    std::string key = both ? "strangers_score" : (one ? "one_stranger_score" : "score");
    if (link.is_assumed) key.insert(0, "assumed_");
    return settings.number(key);
}

std::string_view sources_in_words(const PutToUse& found) {
    if (!found.call.is_in_known_account) return "; no history";
    if (found.link->is_from_stranger && found.call.is_from_stranger) {
        return "; both came from networks that are new to the account";
    }
    if (found.link->is_from_stranger) {
        return "; the maker came from a network that is new to the account";
    }
    return found.call.is_from_stranger ? "; it came from a network that is new to the account" : "";
}

std::string_view action_in_words(const Calls& calls) {
    if (calls.is(rules::Phase::use)) return calls.is_ok() ? "used " : "tried to use ";
    if (calls.is(rules::Phase::enable)) return calls.is_ok() ? "enabled " : "tried to enable ";
    return calls.is_ok() ? "looked at " : "tried to look at ";
}

/// The names of the child and its parent in a sentence.
struct FamilyNames {
    std::string child;
    std::string parent;
};

FamilyNames names_of(const Behaviour& behaviour, const PutToUse& found, const Member* parent) {
    if (parent != nullptr) {
        return {.child = behaviour.name_of(*found.child), .parent = behaviour.name_of(*parent)};
    }
    return {.child = std::string(log::short_name(found.child->principal().name)),
            .parent = std::string(log::short_name(found.link->parent->name))};
}

std::string_view link_in_words(const Member& child, const LinkToChild& link) {
    if (link.is_assumed) return " was assumed by ";
    const std::string& name = child.principal().name;
    if (log::is_account_principal(name)) return " got a key from ";
    return log::is_key_principal(name) ? " was read by " : " was set up by ";
}

// `mailer was set up by admin-key at T with CreateUser and used AWS SES at T with SendEmail ...`
Match match_of(const Behaviour& behaviour, const PutToUse& found) {
    const LinkToChild& link = *found.link;
    const Calls& calls = *found.call.calls;
    const auto members = behaviour.members();
    const auto parent = std::ranges::find_if(
        members, [&link](const Member& member) { return member.principal() == *link.parent; });
    const Member* const member = parent == members.end() ? nullptr : &*parent;
    const FamilyNames names = names_of(behaviour, found, member);
    std::string reason = names.child;
    reason += link_in_words(*found.child, link);
    reason += names.parent + " at " + at(found.link_second);
    if (!link.is_assumed) {
        reason += " with ";
        reason += behaviour.catalogue().call_name(link.call.service, link.call.call);
    }
    reason += " and ";
    reason += action_in_words(calls);
    reason += behaviour.label_of(calls.service);
    reason += " at " + at(found.call.second) + " with ";
    reason += behaviour.name_of(calls);
    reason += ", " + duration(found.call.second - found.link_second) + " later";
    reason += sources_in_words(found);
    Match match{.score = found.score,
                .reason = std::move(reason),
                .first = found.call.second,
                .behind = {key_of(calls)},
                .says_who = true};
    if (member != nullptr) match.behind.insert({.member = member->index(), .calls = link.call});
    return match;
}

std::optional<Match> made_then_used(const Behaviour& behaviour,
                                    const rules::EvidenceSettings& settings) {
    constexpr std::array<LinkToChild::Kind, 4> kinds = {
        {{false, false}, {false, true}, {true, false}, {true, true}}};
    std::optional<PutToUse> best;
    for (const Member& child : behaviour.members()) {
        if (child.links().links.empty()) continue;
        const auto calls = calls_of(behaviour, child);
        for (const auto& kind : kinds) {
            const std::int64_t within = settings.seconds(kind.first ? "assumed_within" : "within");
            // The best link of a kind is the earliest that is followed by a call in time. Iterating
            // over the calls takes no longer if the child has many namesakes, each of them with
            // many links.
            for (const ChildCall& call : calls) {
                const auto moment = child.links().first_from(kind, call.second - within);
                if (!moment || moment->second > call.second) continue;
                const LinkToChild& link = *moment->link;
                const PutToUse found{
                    .score = score_of(settings, link, call),
                    .link = &link,
                    .link_second = moment->second,
                    .link_name = behaviour.catalogue().call_name(link.call.service, link.call.call),
                    .child = &child,
                    .call = call};
                const bool counts = found.score > 0;
                if (counts && (!best || found.rank() < best->rank())) best = found;
            }
        }
    }
    return best ? std::optional(match_of(behaviour, *best)) : std::nullopt;
}

constexpr auto k_lineage_evidence = std::to_array<Evidence>({
    {"made_then_used", EvidenceGroup::sources, made_then_used, k_made_then_used},
});

}  // namespace

std::span<const Evidence> lineage_evidence() { return k_lineage_evidence; }

}  // namespace cloudhijack::detect
