// Evidence of keys that somebody fetched, at providers where each resource has its own keys.

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "text/lower_case.hpp"

namespace cloudhijack::detect {
namespace {

// --- key_read: an application that is not a known portal or tool reads keys ---

constexpr std::array k_key_read = {
    ParameterSpec{.key = "used_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "used_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "portal_apps", .kind = rules::ParameterKind::words}};

bool is_key_read(const Behaviour& behaviour, const SubjectCalls& calls, log::SubjectKind kind) {
    const auto topic = behaviour.catalogue().topic(calls.kind->service, calls.kind->call);
    return calls.kind->kind == kind && calls.is_ok() && topic == log::CallTopic::key_read;
}

/// A call that reads keys: the member's index, the service, the call and its second.
using KeyRead = std::tuple<std::size_t, std::size_t, std::uint16_t, std::int64_t>;

KeyRead key_read_at(const SubjectCalls& calls, std::int64_t second) {
    return {calls.by->index(), calls.kind->service, calls.kind->call, second};
}

/// The uses of keys in order of time, by the account and the name of the principal that represents
/// all holders of the key.
using UsesOfKeys = std::map<std::pair<std::string_view, std::string_view>,
                            std::vector<std::pair<std::int64_t, const Calls*>>>;

UsesOfKeys uses_of_keys(const Behaviour& behaviour) {
    UsesOfKeys uses;
    for (const Calls& calls : behaviour.calls()) {
        const log::Principal& caller = calls.by->principal();
        const bool is_use = calls.is(rules::Phase::use) && calls.is_ok();
        if (!is_use || !log::is_key_principal(caller.name)) continue;
        auto& seconds = uses[{caller.account, caller.name}];
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            seconds.emplace_back(*second, &calls);
        }
    }
    for (auto& [key, seconds] : uses) std::ranges::sort(seconds);
    return uses;
}

// Whether the principal reads keys regularly, as tools do that deploy applications with keys.
bool is_routine(const SubjectCalls& calls) {
    return calls.by->is_routine(calls.kind->service, rules::Phase::credential);
}

// Application ids are compared without regard to case.
bool is_one_of(const std::vector<std::string>& applications, std::string_view application) {
    return std::ranges::any_of(applications, [application](std::string_view one) {
        return text::same_in_any_case(one, application);
    });
}

std::string read_in_words(const Behaviour& behaviour, const SubjectCalls& calls,
                          std::int64_t second) {
    return "Application " + std::string(calls.text) + " read keys at " + at(second) + " with " +
           std::string(behaviour.name_of(calls)) + std::string(routine_words(is_routine(calls)));
}

std::optional<Match> key_read(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const std::vector<std::string>& portals = settings.words("portal_apps");
    std::map<KeyRead, const SubjectCalls*> reads;
    std::optional<Match> best;
    for_each_about(
        behaviour,
        [&](const SubjectCalls& calls) {
            return is_key_read(behaviour, calls, log::SubjectKind::application) &&
                   !is_one_of(portals, calls.text);
        },
        [&](const SubjectCalls& calls, std::int64_t second) {
            reads.try_emplace(key_read_at(calls, second), &calls);
            const std::string_view score = is_routine(calls) ? "routine_score" : "score";
            keep_better(best, Match{.score = settings.number(score),
                                    .reason = read_in_words(behaviour, calls, second),
                                    .first = second,
                                    .behind = {key_of(calls)}});
        });
    if (reads.empty()) return best;
    const UsesOfKeys uses = uses_of_keys(behaviour);
    const std::int64_t within = settings.seconds("used_within");
    for_each_about(
        behaviour,
        [&](const SubjectCalls& calls) {
            return is_key_read(behaviour, calls, log::SubjectKind::key_holder);
        },
        [&](const SubjectCalls& calls, std::int64_t second) {
            const auto read = reads.find(key_read_at(calls, second));
            const auto used = uses.find({calls.by->principal().account, calls.text});
            if (read == reads.end() || used == uses.end()) return;
            const auto use = std::ranges::lower_bound(used->second, second, {},
                                                      [](const auto& one) { return one.first; });
            if (use == used->second.end() || use->first > second + within) return;
            const std::string_view score = is_routine(calls) ? "routine_score" : "used_score";
            keep_better(best, Match{.score = settings.number(score),
                                    .reason = read_in_words(behaviour, *read->second, second) +
                                              "; the " + std::string(calls.text) + " was used " +
                                              duration(use->first - second) + " later",
                                    .first = second,
                                    .behind = {key_of(calls), key_of(*use->second)}});
        });
    return best;
}

constexpr auto k_key_evidence = std::to_array<Evidence>({
    {"key_read", EvidenceGroup::credentials, key_read, k_key_read},
});

}  // namespace

std::span<const Evidence> key_evidence() { return k_key_evidence; }

}  // namespace cloudhijack::detect
