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

// The key of the score.
std::string_view score_of_evading(bool on_guardrail, bool restored) {
    if (on_guardrail) return "guardrail_score";
    return restored ? "restored_score" : "score";
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
            const std::uint64_t score = routine_or(
                settings.number(score_of_evading(on_guardrail, restored)), is_routine, settings);
            if (is_better(best, score, *second)) {
                best = Match{.score = score,
                             .reason = std::string(name) + " at " + at(*second) +
                                       in_region(calls.region) +
                                       (restored ? ", and restored soon after" : "") +
                                       std::string(routine_words(is_routine)),
                             .first = *second,
                             .behind = {}};
            }
            if (!restored) break;  // the later seconds are no better
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
        for (const SubjectCalls& calls : behaviour.subjects()) {
            if (!calls.is_ok()) continue;
            if (calls.kind->phases.has(rules::Phase::tamper)) {
                calls.seconds->for_each_minute([&](const counting::SecondsOfMinute& seconds) {
                    tampered_[{key_of(calls), seconds.minute}].emplace_back(seconds, calls.text);
                });
            } else if (calls.kind->phases.has(rules::Phase::restore) &&
                       calls.kind->kind == log::SubjectKind::trail) {
                auto& restored = restored_[calls.by->principal().account];
                calls.seconds->for_each_minute([&](const counting::SecondsOfMinute& seconds) {
                    restored.trails.push_back({.seconds = seconds, .trail = calls.text});
                });
            }
        }
        for (auto& [account, restored] : restored_) restored.sort();
    }

    /// Calls `take(seconds, subject)` for the seconds of some calls about each of their subjects;
    /// with an empty text for those that name none.
    void for_each_tampered(const Calls& calls, const counting::SecondsOfMinute& seconds,
                           auto take) const {
        const auto found = tampered_.find({key_of(calls), seconds.minute});
        counting::MinuteBits named;
        if (found != tampered_.end()) {
            for (const auto& [about, text] : found->second) {
                const counting::MinuteBits both{about.bits.bits & seconds.bits.bits};
                if (both.bits == 0) continue;
                named.add(both);
                take(counting::SecondsOfMinute{.minute = seconds.minute, .bits = both}, text);
            }
        }
        const counting::SecondsOfMinute left{.minute = seconds.minute,
                                             .bits = seconds.bits.without(named)};
        if (!left.is_empty()) take(left, std::string_view{});
    }

    /// Whether another trail of the account was created or started within a time of a second.
    [[nodiscard]] bool is_replaced(std::string_view account, std::string_view trail,
                                   std::int64_t second, std::int64_t within) const {
        const auto found = restored_.find(account);
        return found != restored_.end() &&
               found->second.has_another(trail, second - within, second + within);
    }

  private:
    /// The trails of an account that were created or started.
    struct RestoredTrails {
        struct Restored {
            counting::SecondsOfMinute seconds;
            std::string_view trail;
            std::size_t next_of_another = 0;  ///< the index of the next one with another name
        };

        std::vector<Restored> trails;
        counting::Seconds of_several;  ///< the seconds of more than one trail

        // After this, a minute has at most 60 entries, as they have no second in common.
        void sort() {
            std::map<std::pair<std::int64_t, std::string_view>, counting::MinuteBits> minutes;
            for (const Restored& one : trails) {
                minutes[{one.seconds.minute, one.trail}].add(one.seconds.bits);
            }
            trails.clear();
            std::int64_t before = 0;
            counting::MinuteBits taken;  // of this minute, by the trails so far
            for (const auto& [key, bits] : minutes) {
                const auto [minute, trail] = key;
                if (minute != before) taken = {};
                before = minute;
                const counting::MinuteBits shared{bits.bits & taken.bits};
                if (shared.bits != 0) of_several.add_minute(minute, shared);
                const counting::SecondsOfMinute left{.minute = minute, .bits = bits.without(taken)};
                if (!left.is_empty()) trails.push_back({.seconds = left, .trail = trail});
                taken.add(bits);
            }
            std::ranges::sort(trails, {}, [](const Restored& one) { return one.seconds.first(); });
            std::size_t next = trails.size();
            for (std::size_t i = trails.size(); i-- > 0;) {
                const bool is_last = i + 1 == trails.size();
                if (!is_last && trails[i].trail != trails[i + 1].trail) next = i + 1;
                trails[i].next_of_another = next;
            }
        }

        [[nodiscard]] bool has_another(std::string_view trail, std::int64_t first,
                                       std::int64_t last) const {
            const auto several = of_several.first_from(first);
            if (several && *several <= last) return true;
            const auto begin =
                std::ranges::lower_bound(trails, counting::minute_of(first), {},
                                         [](const Restored& one) { return one.seconds.minute; });
            auto at = static_cast<std::size_t>(begin - trails.begin());
            while (at < trails.size() && trails[at].seconds.start() <= last) {
                const Restored& one = trails[at];
                if (one.trail == trail) {
                    at = one.next_of_another;
                    continue;
                }
                const auto found = one.seconds.first_from(first);
                if (found && *found <= last) return true;
                ++at;
            }
            return false;
        }
    };

    using Tampered = std::pair<counting::SecondsOfMinute, std::string_view>;

    /// By the calls and the minute.
    std::map<std::pair<CallKey, std::int64_t>, std::vector<Tampered>> tampered_;
    std::map<std::string_view, RestoredTrails> restored_;  ///< by account
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

// Considers the calls of some seconds of one minute about one subject.
void consider_tampering(std::optional<Match>& best, const Behaviour& behaviour,
                        const rules::EvidenceSettings& settings, const Trails& trails,
                        const Calls& calls, const counting::SecondsOfMinute& seconds,
                        std::string_view subject) {
    const std::string_view name = behaviour.name_of(calls);
    const auto topic = behaviour.catalogue().topic(calls.service, calls.call);
    if (topic == log::CallTopic::log_group &&
        !re2::RE2::PartialMatch(subject, settings.pattern("pattern"))) {
        return;
    }
    const auto is_by_user = [](const HourOrigins& hour) { return hour.works_anywhere; };
    const bool is_trail = topic == log::CallTopic::trail || topic == log::CallTopic::trail_end;
    const std::int64_t start = seconds.start();
    const bool is_narrowed = is_among(settings.words("narrowing_calls"), name) &&
                             calls.by->is_known_source(start) &&
                             !calls.by->any_hour(start, start, is_by_user);
    const bool is_routine = calls.are_routine(rules::Phase::tamper);
    for (auto second = seconds.first_from(start); second;
         second = seconds.first_from(*second + 1)) {
        const bool is_replaced = is_trail && !subject.empty() &&
                                 trails.is_replaced(calls.by->principal().account, subject, *second,
                                                    settings.seconds("replaced_within"));
        const std::uint64_t score =
            routine_or(settings.number(is_replaced || is_narrowed ? "lesser_score" : "score"),
                       is_routine, settings);
        if (is_better(best, score, *second)) {
            best = Match{
                .score = score,
                .reason =
                    std::string(name) + (subject.empty() ? "" : " on " + text::quoted(subject)) +
                    in_region(calls.region) + " at " + at(*second) + ": " +
                    std::string(consequence(topic)) +
                    (is_replaced ? "; the principal also made or started another trail" : "") +
                    (is_narrowed ? "; by a role, from a known source" : "") +
                    std::string(routine_words(is_routine)),
                .first = *second,
                .behind = {key_of(calls)}};
        }
        if (!is_replaced) return;  // the later seconds are no better
    }
}

std::optional<Match> trail_tampering(const Behaviour& behaviour,
                                     const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    const Trails trails(behaviour);
    // Of calls of one second that differ only in their region, the first one counts: there can be
    // any number of them, and each would have the same subjects.
    std::map<std::pair<CallKey, std::int64_t>, counting::MinuteBits> considered;
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::tamper) || !calls.is_ok()) continue;
        counting::MinuteBits& before = considered[{key_of(calls), calls.minute}];
        const counting::SecondsOfMinute seconds{.minute = calls.minute,
                                                .bits = calls.seconds.without(before)};
        before.add(calls.seconds);
        if (seconds.is_empty()) continue;
        trails.for_each_tampered(
            calls, seconds, [&](const counting::SecondsOfMinute& some, std::string_view subject) {
                consider_tampering(best, behaviour, settings, trails, calls, some, subject);
            });
    }
    return best;
}

// --- cleanup: an identity that was created for sending is removed soon after ---

constexpr std::array k_cleanup = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

// The first identity that was removed within a time after it was made.
std::optional<SubjectPair> first_short_life(const Behaviour& behaviour, std::int64_t within) {
    return first_pair_about(
        behaviour, within,
        [](const SubjectCalls& calls) {
            return calls.is_ok() && calls.kind->phases.has(rules::Phase::enable);
        },
        [](const SubjectCalls& calls) {
            return calls.is_ok() && calls.kind->phases.has(rules::Phase::cleanup);
        },
        [](const SubjectPair& life) { return life.calls; });
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
