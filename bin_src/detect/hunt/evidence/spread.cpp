// Evidence of someone who tries everything everywhere.

#include <algorithm>
#include <array>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

std::string in_regions(const Stretch& stretch) {
    return " in " + counted(stretch.values.size(), "region") + " within " +
           duration(stretch.last - stretch.first) + " from " + at(stretch.first) + ": " +
           listed(stretch.values);
}

Holding holding_of(std::uint64_t score, std::string reason, const Stretch& stretch) {
    return {.score = score,
            .reason = std::move(reason),
            .first = stretch.first,
            .behind = stretch.behind};
}

// --- region_spread: use, or the forms that precede it, in many regions at once ---

constexpr std::array k_region_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "form_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "form_score", .kind = rules::ParameterKind::number}};

std::optional<Holding> region_spread(const Behaviour& behaviour,
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
    if (const auto stretch =
            first_stretch(behaviour, least, settings.seconds("form_within"), form_region)) {
        return holding_of(settings.number("form_score"),
                          "Filled in account forms" + in_regions(*stretch), *stretch);
    }
    if (const auto stretch =
            first_stretch(behaviour, least, settings.seconds("within"), new_region)) {
        return holding_of(settings.number("score"),
                          "Use or enable calls of services without history" + in_regions(*stretch),
                          *stretch);
    }
    return std::nullopt;
}

// --- recon_spread: the same question asked in many regions ---

constexpr std::array k_recon_spread = {
    ParameterSpec{.key = "regions", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "long_term_key_score", .kind = rules::ParameterKind::number}};

std::optional<Holding> recon_spread(const Behaviour& behaviour,
                                    const rules::EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    std::set<std::pair<std::size_t, std::string_view>> asked;
    for (const Calls& calls : behaviour.calls()) {
        if (calls.is(rules::Phase::recon)) asked.emplace(calls.service, behaviour.name_of(calls));
    }
    std::optional<Stretch> first;
    std::string_view first_name;
    for (const auto& question : asked) {
        const auto region = [&behaviour, &question](const Calls& calls) {
            const bool counts = calls.is(rules::Phase::recon) &&
                                question == std::pair(calls.service, behaviour.name_of(calls));
            return counts ? calls.region : std::string_view{};
        };
        const auto stretch = first_stretch(behaviour, settings.number("regions"),
                                           settings.seconds("within"), region);
        if (!stretch || (first && first->first <= stretch->first)) continue;
        first = stretch;
        first_name = question.second;
    }
    if (!first) return std::nullopt;
    const bool long_term_key = behaviour.activity().has_long_term_key;
    return holding_of(settings.number(long_term_key ? "long_term_key_score" : "score"),
                      std::string(first_name) + " asked" + in_regions(*first), *first);
}

// --- service_sweep: one service after the other ---

constexpr std::array k_service_sweep = {
    ParameterSpec{.key = "services", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

std::optional<Holding> service_sweep(const Behaviour& behaviour,
                                     const rules::EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    const auto service = [&behaviour](const Calls& calls) {
        return calls.is(rules::Phase::recon) || calls.is(rules::Phase::use)
                   ? behaviour.label_of(calls.service)
                   : std::string_view{};
    };
    const auto stretch =
        first_stretch(behaviour, settings.number("services"), settings.seconds("within"), service);
    if (!stretch) return std::nullopt;
    return holding_of(settings.number("score"),
                      "Looked at or used " + counted(stretch->values.size(), "service") +
                          " within " + duration(stretch->last - stretch->first) + " from " +
                          at(stretch->first) + ": " + listed(stretch->values),
                      *stretch);
}

constexpr auto k_spread_evidence = std::to_array<Evidence>({
    {"region_spread", EvidenceGroup::spread, region_spread, k_region_spread},
    {"recon_spread", EvidenceGroup::spread, recon_spread, k_recon_spread},
    {"service_sweep", EvidenceGroup::spread, service_sweep, k_service_sweep},
});

}  // namespace

std::span<const Evidence> spread_evidence() { return k_spread_evidence; }

}  // namespace cloudhijack::detect
