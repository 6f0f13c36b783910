// Evidence of somebody who hides their activity.

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {
namespace {

// --- evade: the logging that would show the use is switched off ---

constexpr std::array k_evade = {
    ParameterSpec{.key = "guardrail_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "guardrail_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "restorable_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "restoring_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "restored_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "restored_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

bool is_among(const std::vector<std::string>& words, std::string_view word) {
    return std::ranges::find(words, word) != words.end();
}

/// The seconds at which logs were switched on again, sorted, by account and region.
using LogPlace = std::pair<std::string_view, std::string_view>;
using RestoredLogs = std::map<LogPlace, std::vector<std::int64_t>>;

LogPlace place_of(const Calls& calls) { return {calls.by->principal().account, calls.region}; }

RestoredLogs restored_logs(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    RestoredLogs logs;
    for (const Calls& calls : behaviour.calls()) {
        const bool is_restoring =
            calls.is(rules::Phase::restore) && calls.is_ok() &&
            is_among(settings.words("restoring_calls"), behaviour.name_of(calls));
        for (auto second = calls.first_from(calls.first()); is_restoring && second;
             second = calls.first_from(*second + 1)) {
            logs[place_of(calls)].push_back(*second);
        }
    }
    for (auto& [place, seconds] : logs) std::ranges::sort(seconds);
    return logs;
}

// Whether the log of the region was switched on again soon after a second.
bool is_restored(const RestoredLogs& logs, const LogPlace& place, std::int64_t second,
                 std::int64_t within) {
    const auto found = logs.find(place);
    if (found == logs.end()) return false;
    const auto next = std::ranges::lower_bound(found->second, second);
    return next != found->second.end() && *next - second <= within;
}

std::optional<Match> evade(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::set<std::string_view> names;
    std::set<CallKey> behind;
    std::optional<Match> best;
    const RestoredLogs logs = restored_logs(behaviour, settings);
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::evade) || !calls.is_ok()) continue;
        const std::string_view name = behaviour.name_of(calls);
        names.insert(name);
        behind.insert(key_of(calls));
        const bool on_guardrail = is_among(settings.words("guardrail_calls"), name);
        const bool is_restorable = is_among(settings.words("restorable_calls"), name);
        const bool is_routine = calls.are_routine(rules::Phase::evade);
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            const bool restored = is_restorable && is_restored(logs, place_of(calls), *second,
                                                               settings.seconds("restored_within"));
            const std::string_view key =
                on_guardrail ? "guardrail_score" : (restored ? "restored_score" : "score");
            keep_better(best, Match{.score = routine_or(settings.number(key), is_routine, settings),
                                    .reason = std::string(name) + " at " + at(*second) +
                                              in_region(calls.region) +
                                              (restored ? ", and restored soon after" : "") +
                                              std::string(routine_words(is_routine)),
                                    .first = *second,
                                    .behind = {}});
        }
    }
    if (!best) return std::nullopt;
    best->reason = "Disabled logging, a guardrail or feedback: " + best->reason +
                   (names.size() > 1 ? "; all such calls: " + listed(names) : "");
    best->behind = std::move(behind);
    return best;
}

// --- trail_tampering: the account's logging is stopped or narrowed ---

constexpr std::array k_trail_tampering = {
    ParameterSpec{.key = "lesser_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "replaced_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "narrowing_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "pattern", .kind = rules::ParameterKind::pattern}};

/// The subjects of the tampering and restoring calls of a behaviour.
class Trails {
  public:
    explicit Trails(const Behaviour& behaviour) {
        for_each_about(
            behaviour,
            [](const SubjectCalls& calls) {
                return calls.is_ok() && (calls.kind->phases.has(rules::Phase::tamper) ||
                                         calls.kind->phases.has(rules::Phase::restore));
            },
            [this](const SubjectCalls& calls, std::int64_t second) {
                if (calls.kind->phases.has(rules::Phase::tamper)) {
                    tampered_[{key_of(calls), second}].push_back(calls.text);
                } else if (calls.kind->kind == log::SubjectKind::trail) {
                    restored_[calls.by->principal().account].push_back(
                        {.second = second, .trail = calls.text});
                }
            });
        for (auto& [account, trails] : restored_) {
            std::ranges::sort(trails, {}, &Restored::second);
            std::size_t next = trails.size();
            for (std::size_t i = trails.size(); i-- > 0;) {
                const bool is_last = i + 1 == trails.size();
                if (!is_last && trails[i].trail != trails[i + 1].trail) next = i + 1;
                trails[i].next_of_another = next;
            }
        }
    }

    /// The subjects of calls in a second; a single empty text if the calls name none.
    [[nodiscard]] std::vector<std::string_view> tampered(const Calls& calls,
                                                         std::int64_t second) const {
        const auto found = tampered_.find({key_of(calls), second});
        return found == tampered_.end() ? std::vector<std::string_view>(1) : found->second;
    }

    /// Whether another trail of the account was created or started within a time of a second.
    [[nodiscard]] bool is_replaced(std::string_view account, std::string_view trail,
                                   std::int64_t second, std::int64_t within) const {
        const auto found = restored_.find(account);
        if (found == restored_.end()) return false;
        const std::vector<Restored>& trails = found->second;
        auto at = std::ranges::lower_bound(trails, second - within, {}, &Restored::second);
        if (at == trails.end()) return false;
        if (at->trail == trail) {
            at = trails.begin() + static_cast<std::ptrdiff_t>(at->next_of_another);
        }
        return at != trails.end() && at->second <= second + within;
    }

  private:
    struct Restored {
        std::int64_t second = 0;
        std::string_view trail;
        std::size_t next_of_another = 0;  ///< the index of the next one with another name
    };

    std::map<std::pair<CallKey, std::int64_t>, std::vector<std::string_view>> tampered_;
    std::map<std::string_view, std::vector<Restored>> restored_;  ///< by account
};

std::string_view consequence(log::CallTopic topic) {
    switch (topic) {
        case log::CallTopic::log_group:
            return "the records in it are lost";
        case log::CallTopic::trail:
            return "the trail may record less after this";
        case log::CallTopic::trail_end:
            return "nothing is recorded in it after this";
        default:
            return "the organisation's trails and policies no longer apply";
    }
}

std::optional<Match> trail_tampering_by(const Behaviour& behaviour,
                                        const rules::EvidenceSettings& settings,
                                        const Trails& trails, const Calls& calls,
                                        std::int64_t second, std::string_view subject) {
    const std::string_view name = behaviour.name_of(calls);
    const auto topic = behaviour.catalogue().topic(calls.service, calls.call);
    if (topic == log::CallTopic::log_group &&
        !re2::RE2::PartialMatch(subject, settings.pattern("pattern"))) {
        return std::nullopt;
    }
    const auto is_by_user = [](const HourOrigins& hour) { return hour.works_anywhere; };
    const bool is_trail = topic == log::CallTopic::trail || topic == log::CallTopic::trail_end;
    const bool is_replaced_trail = is_trail && !subject.empty() &&
                                   trails.is_replaced(calls.by->principal().account, subject,
                                                      second, settings.seconds("replaced_within"));
    const bool is_narrowed = is_among(settings.words("narrowing_calls"), name) &&
                             calls.by->is_known_source(second) &&
                             !calls.by->any_hour(second, second, is_by_user);
    const bool is_lesser = is_replaced_trail || is_narrowed;
    const bool is_routine = calls.are_routine(rules::Phase::tamper);
    const std::uint64_t score = settings.number(is_lesser ? "lesser_score" : "score");
    return Match{
        .score = routine_or(score, is_routine, settings),
        .reason = std::string(name) + (subject.empty() ? "" : " on " + text::quoted(subject)) +
                  in_region(calls.region) + " at " + at(second) + ": " +
                  std::string(consequence(topic)) +
                  (is_replaced_trail ? "; the principal also made or started another trail" : "") +
                  (is_narrowed ? "; by a role, from a known source" : "") +
                  std::string(routine_words(is_routine)),
        .first = second,
        .behind = {key_of(calls)}};
}

std::optional<Match> trail_tampering(const Behaviour& behaviour,
                                     const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    const Trails trails(behaviour);
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::tamper) || !calls.is_ok()) continue;
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            for (const std::string_view subject : trails.tampered(calls, *second)) {
                keep_better(
                    best, trail_tampering_by(behaviour, settings, trails, calls, *second, subject));
            }
        }
    }
    return best;
}

// --- cleanup: an identity that was created for sending is removed soon after ---

constexpr std::array k_cleanup = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

// The first identity that was removed within a time after it was made.
std::optional<SubjectPair> first_short_life(const Behaviour& behaviour, std::int64_t within) {
    const auto rank = [](const SubjectPair& life) {
        return std::tuple(life.second, life.gap, life.calls->text);
    };
    std::optional<SubjectPair> first;
    for_each_next_about(
        behaviour,
        [](const SubjectCalls& calls) {
            return calls.is_ok() && calls.kind->phases.has(rules::Phase::enable);
        },
        [](const SubjectCalls& calls) {
            return calls.is_ok() && calls.kind->phases.has(rules::Phase::cleanup);
        },
        [&](const SubjectPair& life) {
            if (life.gap <= within && (!first || rank(life) < rank(*first))) first = life;
        });
    return first;
}

std::optional<Match> cleanup(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto found = first_short_life(behaviour, settings.seconds("within"));
    if (!found) return std::nullopt;
    const SubjectCalls& made = *found->calls;
    const SubjectCalls& removed = *found->next;
    const bool is_routine =
        made.are_routine(rules::Phase::enable) && removed.are_routine(rules::Phase::cleanup);
    return Match{.score = routine_or(settings.number("score"), is_routine, settings),
                 .reason = "Made " + std::string(made.text) + " at " + at(found->second) +
                           " and removed it " + duration(found->gap) + " later with " +
                           std::string(behaviour.name_of(removed)) +
                           std::string(routine_words(is_routine)),
                 .first = found->second,
                 .behind = {key_of(made), key_of(removed)}};
}

constexpr auto k_hiding_evidence = std::to_array<Evidence>({
    {"evade", EvidenceGroup::hiding, evade, k_evade},
    {"trail_tampering", EvidenceGroup::hiding, trail_tampering, k_trail_tampering},
    {"cleanup", EvidenceGroup::hiding, cleanup, k_cleanup},
});

}  // namespace

std::span<const Evidence> hiding_evidence() { return k_hiding_evidence; }

}  // namespace cloudhijack::detect
