// Evidence of a different user's preferences: models and regions that the principal never chose
// before.

#include <array>
#include <set>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// --- new_choice: several new models, or regions, of a service that the principal uses ---

constexpr std::array k_new_choice = {
    ParameterSpec{.key = "values", .kind = rules::ParameterKind::number, .least = 1}};

std::set<std::string_view> new_models(const Member& member, const rules::Baseline::Row& row,
                                      std::size_t service) {
    std::set<std::string_view> models;
    const auto found = member.activity().models.find(service);
    if (found == member.activity().models.end() || !row.models.is_informative()) return models;
    for (const auto& [hash, model] : found->second.all()) {
        if (!row.models.is_usual(model.text)) models.insert(model.text);
    }
    return models;
}

std::set<std::string_view> new_regions(const rules::Baseline::Row& row,
                                       const std::vector<const Calls*>& uses) {
    std::set<std::string_view> regions;
    if (!row.regions.is_informative()) return regions;
    for (const Calls* calls : uses) {
        if (!calls->region.empty() && !row.regions.is_usual(calls->region)) {
            regions.insert(calls->region);
        }
    }
    return regions;
}

// Use that a service of the provider made is not the principal's choice, so it is excluded.
std::vector<const Calls*> own_uses(const Behaviour& behaviour, const Member& member,
                                   std::size_t service) {
    std::vector<const Calls*> uses;
    for (const Calls& calls : behaviour.calls()) {
        const bool is_use = calls.is(rules::Phase::use) && calls.is_ok();
        if (calls.service == service && calls.by == &member && is_use) uses.push_back(&calls);
    }
    return uses;
}

std::optional<Match> new_choice_of(const Behaviour& behaviour, const Member& member,
                                   const rules::EvidenceSettings& settings, std::size_t service) {
    const rules::Baseline::Row* row = member.row(service);
    if (row == nullptr) return std::nullopt;
    const auto uses = own_uses(behaviour, member, service);
    if (uses.empty()) return std::nullopt;
    const std::int64_t last = uses.back()->first();
    if (!member.is_known_account(last) || member.grown_history(last) == nullptr) {
        return std::nullopt;
    }
    const auto models = new_models(member, *row, service);
    const auto regions = new_regions(*row, uses);
    const std::uint64_t least = settings.number("values");
    const bool by_models = models.size() >= least;
    if (!by_models && regions.size() < least) return std::nullopt;
    const auto& values = by_models ? models : regions;
    Match match{.score = settings.number("score"),
                .reason = "Used " + std::string(behaviour.label_of(service)) + " with " +
                          counted(values.size(), by_models ? "model" : "region") +
                          " that are not usual for this principal, from " +
                          at(uses.front()->first()) + ": " + listed(values),
                .first = uses.front()->first(),
                .behind = {}};
    for (const Calls* calls : uses) match.behind.insert(key_of(*calls));
    return match;
}

std::optional<Match> new_choice(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    for (const Member& member : behaviour.members()) {
        for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
            keep_better(best, new_choice_of(behaviour, member, settings, service));
        }
    }
    return best;
}

constexpr auto k_choice_evidence = std::to_array<Evidence>({
    {"new_choice", EvidenceGroup::choices, new_choice, k_new_choice},
});

}  // namespace

std::span<const Evidence> choice_evidence() { return k_choice_evidence; }

}  // namespace cloudhijack::detect
