#include "detect/hunt/timeline.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::detect {
namespace {

using ShownKey = PrincipalActivity::ShownKey;

/// An event, and the index of its member.
struct MemberEvent {
    const ShownEvent* event = nullptr;
    std::size_t member = 0;

    [[nodiscard]] auto rank() const { return std::tie(*event, member); }
};

/// The first and the last event of calls of the same kind, over all members.
struct EndEvents {
    MemberEvent first;
    MemberEvent last;
    std::size_t members = 0;  ///< the number of members that made such calls
    bool is_behind = false;

    void take(const MemberEvent& other_first, const MemberEvent& other_last) {
        if (members == 0 || other_first.rank() < first.rank()) first = other_first;
        // If events are equal, the first member's is kept.
        if (members == 0 || *last.event < *other_last.event) last = other_last;
        ++members;
    }
};

struct Line {
    const ShownKey* key = nullptr;
    MemberEvent shown;
    std::size_t others = 0;  ///< the number of other members that made such calls
    bool is_behind = false;
    bool is_first = false;
    /// For recon and use: the number of earlier lines of the same kind, of the member and in the
    /// phase. In a campaign, the first line of each kind matters more than the second of any.
    std::size_t before = 0;
};

auto in_time(const Line& line) { return std::tie(*line.shown.event, *line.key); }

std::map<ShownKey, EndEvents> ends_of_calls(const Behaviour& behaviour,
                                            const std::set<CallKey>& behind) {
    std::map<ShownKey, EndEvents> ends;
    for (const Member& member : behaviour.members()) {
        for (const auto& [key, events] : member.activity().shown) {
            EndEvents& end = ends[key];
            end.take({.event = &events.first, .member = member.index()},
                     {.event = &events.last, .member = member.index()});
            end.is_behind |= behind.contains({.member = member.index(), .calls = key});
        }
    }
    return ends;
}

void number_alike(std::vector<Line>& lines) {
    std::ranges::sort(lines, {}, in_time);
    std::map<std::tuple<bool, bool, std::size_t, rules::Phase>, std::size_t> counts;
    for (Line& line : lines) {
        const rules::Phase phase = line.shown.event->phases.first();
        // There can be many of these, which must not crowd out the others.
        if (phase != rules::Phase::recon && phase != rules::Phase::use) continue;
        line.before = counts[{line.is_behind, line.is_first, line.shown.member, phase}]++;
    }
}

/// The events that matter most, in order of time.
struct TurningPoints {
    std::vector<Line> lines;
    bool is_cut = false;
};

TurningPoints turning_points(const Behaviour& behaviour, const std::map<ShownKey, EndEvents>& ends,
                             bool only_behind) {
    std::vector<Line> lines;
    for (const auto& [key, end] : ends) {
        if (only_behind && !end.is_behind) continue;
        lines.push_back({.key = &key,
                         .shown = end.first,
                         .others = end.members - 1,
                         .is_behind = end.is_behind,
                         .is_first = true});
        if (*end.last.event != *end.first.event) {
            lines.push_back({.key = &key, .shown = end.last, .is_behind = end.is_behind});
        }
    }
    if (behaviour.is_campaign()) number_alike(lines);
    std::ranges::sort(lines, {}, [](const Line& line) {
        return std::tuple(!line.is_behind, !line.is_first, line.before, in_time(line));
    });
    const std::size_t most = behaviour.is_campaign() ? k_most_campaign_lines : k_most_shown_events;
    const bool is_cut = lines.size() > most;
    lines.resize(std::min(lines.size(), most));
    std::ranges::sort(lines, {}, in_time);
    return {.lines = std::move(lines), .is_cut = is_cut};
}

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

}  // namespace

Timeline timeline_of(const Behaviour& behaviour, const std::set<CallKey>& behind) {
    const auto ends = ends_of_calls(behaviour, behind);
    const auto points = turning_points(behaviour, ends, /*only_behind=*/false);
    Timeline timeline{.lines = {}, .is_cut = points.is_cut};
    for (const Line& line : points.lines) {
        const ShownEvent& event = *line.shown.event;
        const auto phase = static_cast<std::size_t>(event.phases.first());
        std::string text = at(event.second) + ' ';
        if (behaviour.is_campaign()) {
            text += behaviour.name_of(behaviour.members()[line.shown.member]) + ' ';
            if (line.others > 0) text += "and " + std::to_string(line.others) + " more ";
        }
        text += std::string(rules::k_phase_names.at(phase)) + ' ' +
                std::string(behaviour.catalogue().call_name(line.key->service, line.key->call)) +
                ' ' + or_dash(event.region) + ' ' + or_dash(to_text(event.address)) + ' ' +
                std::string(log::k_outcome_names.at(static_cast<std::size_t>(line.key->outcome)));
        timeline.lines.push_back(std::move(text));
    }
    return timeline;
}

std::vector<std::string> event_ids_of(const Behaviour& behaviour, const std::set<CallKey>& behind) {
    const auto ends = ends_of_calls(behaviour, behind);
    std::vector<std::string> ids;
    for (const Line& line : turning_points(behaviour, ends, /*only_behind=*/true).lines) {
        const std::string& id = line.shown.event->id;
        if (!id.empty() && std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
    }
    return ids;
}

}  // namespace cloudhijack::detect
