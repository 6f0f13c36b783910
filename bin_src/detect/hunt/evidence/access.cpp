// Evidence of somebody who tests what a key can do.

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// --- probe: a key checker's call, which proves access without cost ---

std::optional<Match> probe(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto probes = find_calls(behaviour, [](const Calls& calls) {
        return calls.is(rules::Phase::use) && calls.outcome == log::Outcome::probe;
    });
    if (!probes) return std::nullopt;
    const auto successes = find_calls(
        behaviour, [](const Calls& calls) { return calls.is(rules::Phase::use) && calls.is_ok(); });
    return Match{
        .score = settings.number("score"),
        .reason = counted(probes->count, "probing call") + " (" + listed(probes->names) +
                  " with parameters that are rejected, as key checkers send them) in " +
                  counted(probes->regions.size(), "region") + " from " + at(probes->first) + "; " +
                  (successes ? counted(successes->count, "other use") : "no use") + " succeeded",
        .first = probes->first,
        .behind = probes->behind};
}

// --- denied_use: use that is refused again and again, and does not start to succeed ---

constexpr std::array k_denied_use = {
    ParameterSpec{.key = "denied", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "not_ok", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "success_within", .kind = rules::ParameterKind::time}};

/// Uses of one service in one account, in order.
struct Uses {
    std::vector<const Calls*> all;
    std::vector<std::int64_t> ok_seconds;
};

std::uint64_t count_in(const Uses& uses, std::int64_t from, std::int64_t to, auto wanted) {
    std::uint64_t count = 0;
    const auto begin = std::ranges::lower_bound(uses.all, from, {}, &Calls::first);
    for (auto at = begin; at != uses.all.end() && (*at)->first() <= to; ++at) {
        if (wanted(**at)) count += (*at)->count;
    }
    return count;
}

// The second from which `least` wanted uses follow within the setting `within`, and no use succeeds
// within `success_within`.
std::optional<std::int64_t> first_refused(const Uses& uses, const rules::EvidenceSettings& settings,
                                          std::uint64_t least, auto wanted) {
    const std::int64_t within = settings.seconds("within");
    std::size_t end = 0;
    std::uint64_t count = 0;  // of the wanted ones from `begin` to `end`
    for (std::size_t begin = 0; begin < uses.all.size(); ++begin) {
        const std::int64_t from = uses.all[begin]->first();
        for (; end < uses.all.size() && uses.all[end]->first() <= from + within; ++end) {
            if (wanted(*uses.all[end])) count += uses.all[end]->count;
        }
        if (!wanted(*uses.all[begin])) continue;
        const auto success = std::ranges::lower_bound(uses.ok_seconds, from);
        const bool succeeds = success != uses.ok_seconds.end() &&
                              *success <= from + settings.seconds("success_within");
        if (count >= least && !succeeds) return from;
        count -= uses.all[begin]->count;
    }
    return std::nullopt;
}

/// By account and service.
using UsesByAccount = std::map<std::pair<std::string_view, std::size_t>, Uses>;

UsesByAccount uses_by_account(const Behaviour& behaviour) {
    UsesByAccount all;
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::use)) continue;
        Uses& uses = all[{calls.by->principal().account, calls.service}];
        uses.all.push_back(&calls);
        if (!calls.is_ok()) continue;
        const counting::SecondsOfMinute seconds{.minute = calls.minute, .bits = calls.seconds};
        seconds.for_each([&uses](std::int64_t second) { uses.ok_seconds.push_back(second); });
    }
    for (auto& [place, uses] : all) std::ranges::sort(uses.ok_seconds);
    return all;
}

std::optional<Match> denied_use_of(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings, std::size_t service,
                                   const Uses& uses) {
    const auto is_denied = [](const Calls& calls) { return calls.outcome == log::Outcome::denied; };
    const auto is_not_ok = [](const Calls& calls) { return !calls.is_ok(); };
    if (std::ranges::all_of(uses.all, [](const Calls* calls) { return calls->is_ok(); })) {
        return std::nullopt;
    }
    const auto first_denied = first_refused(uses, settings, settings.number("denied"), is_denied);
    const auto first_not_ok = first_refused(uses, settings, settings.number("not_ok"), is_not_ok);
    if (!first_denied && !first_not_ok) return std::nullopt;
    const bool by_denials = first_denied && (!first_not_ok || *first_denied <= *first_not_ok);
    const std::int64_t first = by_denials ? *first_denied : *first_not_ok;
    const std::int64_t last = first + settings.seconds("within");
    const auto count = by_denials ? count_in(uses, first, last, is_denied)
                                  : count_in(uses, first, last, is_not_ok);
    const auto of = count_in(uses, first, last, [](const Calls&) { return true; });
    Match match{.score = settings.number("score"),
                .reason = std::to_string(count) + " of " + std::to_string(of) + ' ' +
                          std::string(behaviour.label_of(service)) + " calls " +
                          (by_denials ? "denied" : "failed") + " from " + at(first) +
                          ", none succeeded within " + duration(settings.seconds("success_within")),
                .first = first,
                .behind = {}};
    for (const Calls* calls : uses.all) {
        if (is_not_ok(*calls) && calls->first() >= first && calls->first() <= last) {
            match.behind.insert(key_of(*calls));
        }
    }
    return match;
}

std::optional<Match> denied_use(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    std::optional<Match> first;
    for (const auto& [place, uses] : uses_by_account(behaviour)) {
        auto match = denied_use_of(behaviour, settings, place.second, uses);
        if (match && (!first || match->first < first->first)) first = std::move(match);
    }
    return first;
}

// --- enable_denied: an attempt to switch a service on ---

std::optional<Match> enable_denied(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    const auto denied = find_calls(behaviour, [](const Calls& calls) {
        return calls.is(rules::Phase::enable) && calls.outcome == log::Outcome::denied;
    });
    if (!denied) return std::nullopt;
    return Match{.score = settings.number("score"),
                 .reason = counted(denied->count, "call") + " to enable a service denied from " +
                           at(denied->first) + ": " + listed(denied->names),
                 .first = denied->first,
                 .behind = denied->behind};
}

constexpr auto k_access_evidence = std::to_array<Evidence>({
    {"probe", EvidenceGroup::access, probe},
    {"denied_use", EvidenceGroup::access, denied_use, k_denied_use},
    {"enable_denied", EvidenceGroup::access, enable_denied},
});

}  // namespace

std::span<const Evidence> access_evidence() { return k_access_evidence; }

}  // namespace cloudhijack::detect
