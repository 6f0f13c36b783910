// Markers: facts that make a row more likely to be true, but mean nothing on their own.

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {
namespace {

std::optional<Match> marker_if(bool holds, const rules::EvidenceSettings& settings,
                               std::string reason) {
    if (!holds) return std::nullopt;
    return Match{
        .score = settings.number("score"), .reason = std::move(reason), .first = 0, .behind = {}};
}

// --- tool_agent: the agent of a known attack tool ---

constexpr std::array k_tool_agent = {
    ParameterSpec{.key = "pattern", .kind = rules::ParameterKind::pattern}};

std::optional<Match> tool_agent(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    for (const std::string& agent : behaviour.trait(Trait::agent).texts()) {
        if (re2::RE2::PartialMatch(agent, settings.pattern("pattern"))) {
            return marker_if(true, settings, "Known attack tool: " + text::quoted(agent));
        }
    }
    return std::nullopt;
}

// --- bearer_key: an API key instead of a signature ---

std::optional<Match> bearer_key(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    return marker_if(behaviour.has_bearer_key(), settings, "Called with a bearer API key");
}

// --- long_term_key: a key that does not expire, as leaked ones are ---

std::optional<Match> long_term_key(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    return marker_if(behaviour.has_long_term_key(), settings,
                     "Called with a " + std::string(log::k_long_term_key));
}

// --- suspicious_name: as in mode=volume ---

std::optional<Match> suspicious_name(const Behaviour& behaviour,
                                     const rules::EvidenceSettings& settings) {
    const re2::RE2& pattern = *behaviour.rules().suspicious_names;
    const bool matches = std::ranges::any_of(behaviour.members(), [&pattern](const Member& member) {
        return re2::RE2::PartialMatch(member.principal().name, pattern);
    });
    return marker_if(matches, settings, "The principal's name matches " + pattern.pattern());
}

constexpr auto k_marker_evidence = std::to_array<Evidence>({
    {"tool_agent", EvidenceGroup::markers, tool_agent, k_tool_agent},
    {"bearer_key", EvidenceGroup::markers, bearer_key},
    {"long_term_key", EvidenceGroup::markers, long_term_key},
    {"suspicious_name", EvidenceGroup::markers, suspicious_name},
});

}  // namespace

std::span<const Evidence> marker_evidence() { return k_marker_evidence; }

}  // namespace cloudhijack::detect
