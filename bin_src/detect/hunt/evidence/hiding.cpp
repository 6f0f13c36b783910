// Evidence of someone who does not want to be seen.

#include <algorithm>
#include <array>
#include <tuple>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// --- evade: what shows the use is switched off ---

constexpr std::array k_evade = {
    ParameterSpec{.key = "guardrail_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "guardrail_score", .kind = rules::ParameterKind::number}};

std::optional<Match> evade(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto& guardrail_calls = settings.words("guardrail_calls");
    std::set<std::string_view> names;
    std::optional<Match> match;
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::evade) || !calls.is_ok()) continue;
        const std::string_view name = behaviour.name_of(calls);
        const bool on_guardrail = std::ranges::find(guardrail_calls, name) != guardrail_calls.end();
        const std::uint64_t score = settings.number(on_guardrail ? "guardrail_score" : "score");
        if (!match || score > match->score) {
            if (!match) match = Match{.reason = {}, .behind = {}};
            match->score = score;
            match->first = calls.first();
        }
        match->behind.insert(key_of(calls));
        names.insert(name);
    }
    if (!match) return std::nullopt;
    match->reason =
        "Switched off what shows or limits the use from " + at(match->first) + ": " + listed(names);
    return match;
}

// --- cleanup: what was made for sending is removed soon after ---

constexpr std::array k_cleanup = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

struct ShortLife {
    std::int64_t gap = 0;
    std::int64_t made = 0;
    std::string_view identity;
    const Subjects::CallKind* maker = nullptr;
    const Subjects::CallKind* remover = nullptr;

    [[nodiscard]] auto rank() const { return std::tuple(made, gap, identity); }
};

// The first identity that was removed within some time after it was made.
std::optional<ShortLife> first_short_life(const Behaviour& behaviour, std::int64_t within) {
    std::optional<ShortLife> first;
    const auto compare = [&first, within](ShortLife life, const counting::Seconds& made,
                                          const counting::Seconds& removed) {
        made.for_each([&](std::int64_t second) {
            const auto end = removed.first_from(second);
            if (!end || *end - second > within) return;
            life.made = second;
            life.gap = *end - second;
            if (!first || life.rank() < first->rank()) first = life;
        });
    };
    for (const auto& [hash, subject] : behaviour.activity().subjects.all()) {
        for (const auto& [maker, made] : subject.calls) {
            if (!maker.phases.has(rules::Phase::enable) || maker.outcome != log::Outcome::ok)
                continue;
            for (const auto& [remover, removed] : subject.calls) {
                if (!remover.phases.has(rules::Phase::cleanup) ||
                    remover.outcome != log::Outcome::ok)
                    continue;
                compare({.identity = subject.text, .maker = &maker, .remover = &remover}, made,
                        removed);
            }
        }
    }
    return first;
}

std::optional<Match> cleanup(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto found = first_short_life(behaviour, settings.seconds("within"));
    if (!found) return std::nullopt;
    const Subjects::CallKind& remover = *found->remover;
    return Match{
        .score = settings.number("score"),
        .reason = "Made " + std::string(found->identity) + " at " + at(found->made) +
                  " and removed it " + duration(found->gap) + " later with " +
                  std::string(behaviour.catalogue().call_name(remover.service, remover.call)),
        .first = found->made,
        .behind = {key_of(*found->maker), key_of(remover)}};
}

constexpr auto k_hiding_evidence = std::to_array<Evidence>({
    {"evade", EvidenceGroup::hiding, evade, k_evade},
    {"cleanup", EvidenceGroup::hiding, cleanup, k_cleanup},
});

}  // namespace

std::span<const Evidence> hiding_evidence() { return k_hiding_evidence; }

}  // namespace cloudhijack::detect
