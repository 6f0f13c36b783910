#include "detect/hunt/timeline.hpp"

#include <algorithm>
#include <tuple>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::detect {
namespace {

using ShownKey = PrincipalActivity::ShownKey;

struct Line {
    const ShownKey* key = nullptr;
    const ShownEvent* event = nullptr;
    bool is_behind = false;
    bool is_first = false;
};

auto in_time(const Line& line) { return std::tie(*line.event, *line.key); }

// The events that matter most, in order of time.
std::vector<Line> turning_points(const Behaviour& behaviour, const std::set<ShownKey>& behind,
                                 bool only_behind) {
    std::vector<Line> lines;
    for (const auto& [key, events] : behaviour.activity().shown) {
        const bool is_behind = behind.contains(key);
        if (only_behind && !is_behind) continue;
        lines.push_back(
            {.key = &key, .event = &events.first, .is_behind = is_behind, .is_first = true});
        if (events.last != events.first) {
            lines.push_back({.key = &key, .event = &events.last, .is_behind = is_behind});
        }
    }
    std::ranges::sort(lines, {}, [](const Line& line) {
        return std::tuple(!line.is_behind, !line.is_first, in_time(line));
    });
    lines.resize(std::min(lines.size(), k_most_shown_events));
    std::ranges::sort(lines, {}, in_time);
    return lines;
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

std::vector<std::string> timeline_of(const Behaviour& behaviour, const std::set<ShownKey>& behind) {
    std::vector<std::string> texts;
    for (const Line& line : turning_points(behaviour, behind, /*only_behind=*/false)) {
        const ShownEvent& event = *line.event;
        const auto phase = static_cast<std::size_t>(event.phases.first());
        texts.push_back(
            at(event.second) + ' ' + std::string(rules::k_phase_names.at(phase)) + ' ' +
            std::string(behaviour.catalogue().call_name(line.key->service, line.key->call)) + ' ' +
            or_dash(event.region) + ' ' + or_dash(to_text(event.address)) + ' ' +
            std::string(log::k_outcome_names.at(static_cast<std::size_t>(line.key->outcome))));
    }
    return texts;
}

std::vector<std::string> event_ids_of(const Behaviour& behaviour,
                                      const std::set<ShownKey>& behind) {
    std::vector<std::string> ids;
    for (const Line& line : turning_points(behaviour, behind, /*only_behind=*/true)) {
        const std::string& id = line.event->id;
        if (!id.empty() && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    return ids;
}

}  // namespace cloudhijack::detect
