// Evidence of more use than there should be.

#include <array>
#include <tuple>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "detect/hunt/use_window.hpp"

namespace cloudhijack::detect {
namespace {

// --- burst: more messages in an hour than the service's threshold, and than usual ---

constexpr std::array k_burst = {
    ParameterSpec{.key = "score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_factor", .kind = rules::ParameterKind::number}};

struct Burst {
    std::uint64_t score = 0;
    UseWindow window;
    std::size_t service = 0;
    std::uint64_t threshold = 0;
    std::uint64_t factor = 1;  ///< of the threshold
    std::optional<std::uint64_t> usual_peak;
};

std::optional<Burst> burst_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                              std::size_t service, const UseWindow& window) {
    const auto threshold = behaviour.threshold(service, window.last);
    if (!threshold || window.messages <= *threshold) return std::nullopt;
    const auto usual = behaviour.usual_peak(service, window.start());
    if (usual && window.messages <= *usual * settings.number("history_factor")) return std::nullopt;
    std::string key = usual ? "history_score" : "score";
    std::uint64_t factor = 1;
    if (window.messages > *threshold * 10) {
        factor = 10;
        key += "_10x";
    } else if (window.messages > *threshold * 3) {
        factor = 3;
        key += "_3x";
    }
    return Burst{.score = settings.number(key),
                 .window = window,
                 .service = service,
                 .threshold = *threshold,
                 .factor = factor,
                 .usual_peak = usual};
}

// With what the burst could be compared.
std::string compared(std::optional<std::uint64_t> usual_peak, std::uint64_t factor) {
    if (!usual_peak) return "; no history";
    if (*usual_peak == 0) return "; the baseline knows no use of it by this principal";
    return " and than " + std::to_string(factor) + " times the busiest hour before, " +
           std::to_string(*usual_peak);
}

std::optional<Match> burst(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::optional<Burst> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        for (const UseWindow& window : use_windows(behaviour, service)) {
            const auto found = burst_of(behaviour, settings, service, window);
            if (!found) continue;
            const auto rank = [](const Burst& burst) {
                return std::tuple(burst.score, burst.window.messages, -burst.window.first);
            };
            if (!best || rank(*best) < rank(*found)) best = found;
        }
    }
    if (!best) return std::nullopt;
    const UseWindow& window = best->window;
    const std::string limit = "the threshold of " + std::to_string(best->threshold);
    Match match{
        .score = best->score,
        .reason =
            (window.messages == window.calls ? "" : counted(window.messages, "message") + " in ") +
            counted(window.calls, "successful call") + " of " +
            std::string(behaviour.label_of(best->service)) + " in 60 min from " + at(window.first) +
            ", more than " + (best->factor > 1 ? std::to_string(best->factor) + " times " : "") +
            limit + compared(best->usual_peak, settings.number("history_factor")),
        .first = window.first,
        .behind = {}};
    for (const Calls& calls : behaviour.calls()) {
        if (calls.service == best->service && calls.is(rules::Phase::use) && calls.is_ok() &&
            window.holds(calls)) {
            match.behind.insert(key_of(calls));
        }
    }
    return match;
}

constexpr auto k_burst_evidence = std::to_array<Evidence>({
    {"burst", EvidenceGroup::volume, burst, k_burst},
});

}  // namespace

std::span<const Evidence> volume_evidence() { return k_burst_evidence; }

}  // namespace cloudhijack::detect
