#include "detect/hunt/hunt_finding.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "detect/hunt/campaign/link_lines.hpp"
#include "detect/hunt/campaign/member_names.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "detect/hunt/response.hpp"
#include "detect/hunt/timeline.hpp"
#include "detect/hunt/uncovered_behaviours.hpp"
#include "detect/hunt/use_window.hpp"
#include "text/address.hpp"

namespace cloudhijack::detect {
namespace {

/// An evidence rule that fired, and whether its score counts.
struct ScoredMatch {
    const Evidence* evidence;
    Match match;
    bool counts = true;  ///< false if another rule of its group scores higher
};

// The match of a rule after exceptions have removed the calls that they cover. Without these calls
// a later use can look like the first one, but an exception must never add evidence or raise its
// score.
std::optional<Match> lessened(const Match& whole, const Behaviour* left, const Evidence& evidence,
                              const rules::EvidenceSettings& settings) {
    if (left == nullptr) return std::nullopt;
    auto match = evidence.match(*left, settings);
    if (match) match->score = std::min(match->score, whole.score);
    return match;
}

std::vector<ScoredMatch> matches_of(const Behaviour& behaviour, const rules::HuntRules& rules) {
    std::vector<ScoredMatch> matches;
    UncoveredBehaviours uncovered(behaviour);
    for (const Evidence& evidence : all_evidence()) {
        const rules::EvidenceSettings* settings = rules.settings_of(evidence.id);
        if (settings == nullptr) continue;
        auto match = evidence.match(behaviour, *settings);
        const Behaviour* left = match ? uncovered.left_for(evidence.id) : &behaviour;
        if (left != &behaviour) match = lessened(*match, left, evidence, *settings);
        if (match) matches.push_back({.evidence = &evidence, .match = std::move(*match)});
    }
    std::map<EvidenceGroup, ScoredMatch*> best_of_group;
    for (ScoredMatch& one : matches) {
        if (one.evidence->group == EvidenceGroup::markers) continue;
        ScoredMatch*& best = best_of_group[one.evidence->group];
        if (best == nullptr) {
            best = &one;
        } else if (best->match.score < one.match.score) {
            best->counts = false;
            best = &one;
        } else {
            one.counts = false;
        }
    }
    return matches;
}

ShownList list_of(const counting::BoundedSet& set) {
    const auto shown = set.shown();
    return {.values = {shown.begin(), shown.end()},
            .size = set.size(),
            .is_estimated = set.is_estimated()};
}

PerTrait<ShownList> lists_of(const Behaviour& behaviour) {
    PerTrait<ShownList> lists;
    for (std::size_t i = 0; i < lists.items.size(); ++i) {
        lists.items.at(i) = list_of(behaviour.trait(static_cast<Trait>(i)));
    }
    // Columns with a single value in a row show the head's.
    for (const Trait trait : {Trait::caller_type, Trait::workload}) {
        lists[trait] = list_of(behaviour.head().activity().traits[trait]);
    }
    return lists;
}

void take_campaign(const Behaviour& behaviour, const Campaign& campaign, HuntFinding& finding) {
    for (const Member& member : behaviour.members()) {
        finding.members.push_back(member.principal());
    }
    const bool is_too_large = campaign.dropped == DroppedLinks::all;
    finding.member_count = is_too_large ? campaign.linked : finding.members.size();
    auto [lines, is_cut] = link_lines(behaviour, campaign);
    finding.links = std::move(lines);
    finding.are_links_cut = is_cut || (behaviour.is_campaign() && behaviour.are_subjects_cut());
}

// The lists that are not empty.
std::vector<const std::vector<Calls>*> lists_of_calls(const Behaviour& behaviour) {
    std::vector<const std::vector<Calls>*> lists;
    for (const auto* list :
         {&behaviour.calls(), &behaviour.calls_by_provider(), &behaviour.notes()}) {
        if (!list->empty()) lists.push_back(list);
    }
    return lists;
}

void take_places(const rules::GeoDatabases& geo, HuntFinding& finding) {
    const ShownList& addresses = finding.traits[Trait::address];
    std::set<std::string> countries;
    std::set<std::string> networks;
    for (const std::string& address : addresses.values) {
        rules::GeoEntry entry = geo.entry_of(text::parse_address(address));
        if (!entry.country.empty()) countries.insert(std::move(entry.country));
        if (!entry.network.empty()) networks.insert(std::move(entry.network));
        if (finding.geo_problem.empty()) finding.geo_problem = std::move(entry.problem);
    }
    finding.source_countries.assign(countries.begin(), countries.end());
    finding.source_networks.assign(networks.begin(), networks.end());
    finding.are_source_countries_cut = addresses.is_cut() && geo.have_countries();
    finding.are_source_networks_cut = addresses.is_cut() && geo.have_networks();
}

void take_spends(const Behaviour& behaviour, HuntFinding& finding) {
    for (const MinuteSpend& spend : behaviour.spends()) {
        finding.spent.add(spend.spent);
        if (spend.cost) {
            finding.cost = rules::cost_sum(finding.cost.value_or(0), *spend.cost);
        } else {
            finding.is_cost_partial = true;
        }
    }
}

void take_calls(const Behaviour& behaviour, HuntFinding& finding) {
    std::set<std::string_view> services;
    std::map<rules::Phase, std::int64_t> phases;  // with the second in which each first occurs
    const auto take = [&](const Calls& calls) {
        services.insert(behaviour.label_of(calls.service));
        finding.first_event = std::min(finding.first_event, calls.first());
        finding.last_event = std::max(finding.last_event, calls.last());
        if (calls.is(rules::Phase::note)) return;  // not a phase of an attack
        for (std::size_t phase = 0; phase < rules::k_phase_names.size(); ++phase) {
            if (!calls.is(static_cast<rules::Phase>(phase))) continue;
            std::int64_t& first =
                phases.try_emplace(static_cast<rules::Phase>(phase), calls.first()).first->second;
            first = std::min(first, calls.first());
        }
        if (!calls.is(rules::Phase::use)) return;
        if (calls.is_ok()) {
            finding.use_count += calls.count;
            finding.message_count += calls.messages;
        } else {
            finding.failed_count += calls.count;
        }
    };
    const auto lists = lists_of_calls(behaviour);
    finding.first_event = lists.front()->front().first();
    finding.last_event = finding.first_event;
    for (const std::vector<Calls>* list : lists) std::ranges::for_each(*list, take);
    finding.services.assign(services.begin(), services.end());
    std::set<std::pair<std::int64_t, rules::Phase>> in_order;
    for (const auto& [phase, second] : phases) in_order.emplace(second, phase);
    for (const auto& [second, phase] : in_order) {
        finding.phases.emplace_back(rules::k_phase_names.at(static_cast<std::size_t>(phase)));
    }
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        for (const UseWindow& window : use_windows(behaviour, service)) {
            finding.peak_per_hour = std::max(finding.peak_per_hour, window.messages);
        }
    }
}

}  // namespace

std::string_view severity_of(std::uint64_t risk_score) {
    constexpr std::array<std::pair<std::uint64_t, std::string_view>, 4> bands = {
        {{20, "informational"}, {40, "low"}, {60, "medium"}, {80, "high"}}};
    for (const auto& [most, name] : bands) {
        if (risk_score <= most) return name;
    }
    return "critical";
}

std::optional<HuntFinding> assess(const Behaviour& behaviour, const Campaign& campaign,
                                  const rules::HuntRules& rules) {
    if (lists_of_calls(behaviour).empty()) return std::nullopt;
    const std::vector<ScoredMatch> matches = matches_of(behaviour, rules);
    HuntFinding finding;
    std::uint64_t without_markers = 0;
    std::optional<std::int64_t> first;
    std::set<CallKey> behind;
    std::set<EvidenceGroup> groups;
    for (const auto& [evidence, match, counts] : matches) {
        finding.evidence.emplace_back(evidence->id);
        const bool needs_names =
            behaviour.is_campaign() && !match.behind.empty() && !match.says_who;
        finding.reasons.push_back(
            (needs_names ? actors_in_words(behaviour, match.behind) + ": " : "") + match.reason +
            (counts ? " (+" + std::to_string(match.score) + ')' : ""));
        if (counts) finding.risk_score += match.score;
        if (evidence->group == EvidenceGroup::markers) continue;
        groups.insert(evidence->group);
        if (counts) without_markers += match.score;
        first = std::min(first.value_or(match.first), match.first);
        behind.insert(match.behind.begin(), match.behind.end());
    }
    if (without_markers < rules.min_risk) return std::nullopt;
    finding.risk_score = std::min(finding.risk_score, rules::k_highest_risk);
    finding.severity = severity_of(finding.risk_score);
    finding.principal = behaviour.head().principal();
    finding.traits = lists_of(behaviour);
    take_places(*rules.geo, finding);
    take_calls(behaviour, finding);
    take_spends(behaviour, finding);
    finding.first_evidence = first.value_or(finding.first_event);
    finding.group_count = groups.size();
    finding.is_history_known = behaviour.is_known_account(finding.first_evidence);
    auto [lines, is_cut] = timeline_of(behaviour, behind);
    finding.timeline = std::move(lines);
    // A single principal's timeline has a fixed limit that does not count as a cut.
    finding.is_timeline_cut = is_cut && behaviour.is_campaign();
    finding.event_ids = event_ids_of(behaviour, behind);
    finding.counts_are_sums = behaviour.has_summed_hours();
    finding.subjects_are_cut = behaviour.are_subjects_cut();
    finding.regions_are_cut = behaviour.are_regions_cut();
    take_campaign(behaviour, campaign, finding);
    finding.response = response_steps(behaviour);
    return finding;
}

void HuntFindings::sort() {
    const auto key = [](const HuntFinding& finding) {
        return std::tuple(finding.first_event, std::string_view(finding.principal.account),
                          std::string_view(finding.principal.name), finding.principal.one_actor);
    };
    std::ranges::sort(rows, [&](const HuntFinding& a, const HuntFinding& b) {
        if (a.risk_score != b.risk_score) return a.risk_score > b.risk_score;
        return key(a) < key(b);
    });
}

}  // namespace cloudhijack::detect
