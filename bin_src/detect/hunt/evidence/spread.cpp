// Evidence of someone who tries everything everywhere.

#include <algorithm>
#include <array>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

std::string in_regions(const ValueSpread& spread) {
    return " in " + counted(spread.values.size(), "region") + " within " +
           duration(spread.last - spread.first) + " from " + at(spread.first) + ": " +
           listed(spread.values);
}

Match match_of(std::uint64_t score, std::string reason, const ValueSpread& spread) {
    return {.score = score,
            .reason = std::move(reason),
            .first = spread.first,
            .behind = spread.behind};
}

// --- region_spread: use, or the forms that precede it, in many regions at once ---

constexpr std::array k_region_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "form_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_score", .kind = rules::ParameterKind::number}};

std::optional<Match> region_spread(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    const auto& forms = settings.words("form_calls");
    const std::uint64_t least = settings.number("regions");
    const auto form_region = [&](const Calls& calls) {
        const bool is_form = std::ranges::find(forms, behaviour.name_of(calls)) != forms.end();
        return is_form ? calls.region : std::string_view{};
    };
    // Where the principal used the service before, regions are its business. A baseline that knows
    // of no use by it must not make the spread less of a sign.
    const auto new_region = [&behaviour](const Calls& calls) {
        const bool counts = (calls.is(rules::Phase::use) || calls.is(rules::Phase::enable)) &&
                            behaviour.usual_peak(calls.service, calls.first()).value_or(0) == 0;
        return counts ? calls.region : std::string_view{};
    };
    if (const auto spread =
            first_spread(behaviour, least, settings.seconds("form_within"), form_region)) {
        return match_of(settings.number("form_score"),
                        "Filled in account forms" + in_regions(*spread), *spread);
    }
    if (const auto spread =
            first_spread(behaviour, least, settings.seconds("within"), new_region)) {
        return match_of(settings.number("score"),
                        "Use or enable calls of services without history" + in_regions(*spread),
                        *spread);
    }
    return std::nullopt;
}

// --- recon_spread: the same question asked in many regions ---

constexpr std::array k_recon_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "long_term_key_score", .kind = rules::ParameterKind::number}};

std::optional<Match> recon_spread(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    std::set<std::pair<std::size_t, std::string_view>> asked;
    for (const Calls& calls : behaviour.calls()) {
        if (calls.is(rules::Phase::recon)) asked.emplace(calls.service, behaviour.name_of(calls));
    }
    std::optional<ValueSpread> first;
    std::string_view first_name;
    for (const auto& question : asked) {
        const auto region = [&behaviour, &question](const Calls& calls) {
            const bool counts = calls.is(rules::Phase::recon) &&
                                question == std::pair(calls.service, behaviour.name_of(calls));
            return counts ? calls.region : std::string_view{};
        };
        const auto spread =
            first_spread(behaviour, settings.number("regions"), settings.seconds("within"), region);
        if (!spread || (first && first->first <= spread->first)) continue;
        first = spread;
        first_name = question.second;
    }
    if (!first) return std::nullopt;
    const bool long_term_key = behaviour.activity().has_long_term_key;
    return match_of(settings.number(long_term_key ? "long_term_key_score" : "score"),
                    std::string(first_name) + " asked" + in_regions(*first), *first);
}

// --- service_sweep: one service after the other ---

constexpr std::array k_service_sweep = {
    ParameterSpec{.key = "services", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

std::optional<Match> service_sweep(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    const auto service = [&behaviour](const Calls& calls) {
        return calls.is(rules::Phase::recon) || calls.is(rules::Phase::use)
                   ? behaviour.label_of(calls.service)
                   : std::string_view{};
    };
    const auto spread =
        first_spread(behaviour, settings.number("services"), settings.seconds("within"), service);
    if (!spread) return std::nullopt;
    return match_of(settings.number("score"),
                    "Looked at or used " + counted(spread->values.size(), "service") + " within " +
                        duration(spread->last - spread->first) + " from " + at(spread->first) +
                        ": " + listed(spread->values),
                    *spread);
}

constexpr auto k_spread_evidence = std::to_array<Evidence>({
    {"region_spread", EvidenceGroup::spread, region_spread, k_region_spread},
    {"recon_spread", EvidenceGroup::spread, recon_spread, k_recon_spread},
    {"service_sweep", EvidenceGroup::spread, service_sweep, k_service_sweep},
});

}  // namespace

std::span<const Evidence> spread_evidence() { return k_spread_evidence; }

}  // namespace cloudhijack::detect
