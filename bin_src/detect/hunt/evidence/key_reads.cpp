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

/// Calls that read keys: the member's index, the service, the call and the minute.
using KeyRead = std::tuple<std::size_t, std::size_t, std::uint16_t, std::int64_t>;

KeyRead key_read_in(const SubjectCalls& calls, std::int64_t minute) {
    return {calls.by->index(), calls.kind->service, calls.kind->call, minute};
}

/// The seconds in which applications read keys, each with the first application that did. A minute
/// has at most 60 entries, as they have no second in common.
class KeyReads {
  public:
    /// Applications must be added in their order.
    void add(const SubjectCalls& calls) {
        calls.seconds->for_each_minute([&](const counting::SecondsOfMinute& seconds) {
            auto& reads = reads_[key_read_in(calls, seconds.minute)];
            counting::MinuteBits left = seconds.bits;
            for (const auto& [taken, by] : reads) left = left.without(taken);
            if (left.bits != 0) reads.emplace_back(left, &calls);
        });
    }
    [[nodiscard]] bool is_empty() const { return reads_.empty(); }

    /// Calls `take(seconds, application)` for the seconds of other subjects of the same calls,
    /// minute by minute until it returns true.
    void any_of(const SubjectCalls& others, auto take) const {
        for (const auto& [minute, bits] : others.seconds->minutes()) {
            const auto found = reads_.find(key_read_in(others, minute));
            if (found == reads_.end()) continue;
            bool is_taken = false;
            for (const auto& [read, application] : found->second) {
                const counting::MinuteBits both{read.bits & bits.bits};
                if (both.bits == 0) continue;
                is_taken |=
                    take(counting::SecondsOfMinute{.minute = minute, .bits = both}, *application);
            }
            if (is_taken) return;
        }
    }

  private:
    std::map<KeyRead, std::vector<std::pair<counting::MinuteBits, const SubjectCalls*>>> reads_;
};

/// The uses of a key in order of time.
using KeyUses = std::vector<std::pair<std::int64_t, const Calls*>>;

/// The uses of keys, by the account and the name of the principal that represents
/// all holders of the key.
using UsesOfKeys = std::map<std::pair<std::string_view, std::string_view>, KeyUses>;

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

/// A key that an application read and that was used soon after.
struct UsedKey {
    std::int64_t second = 0;
    const SubjectCalls* application = nullptr;
    const KeyUses::value_type* use = nullptr;
};

// The first second in which a key was read and then used within a time.
std::optional<UsedKey> first_used(const KeyReads& reads, const SubjectCalls& key,
                                  const KeyUses& uses, std::int64_t within) {
    std::optional<UsedKey> first;
    reads.any_of(key, [&](const counting::SecondsOfMinute& seconds, const SubjectCalls& by) {
        bool is_used = false;
        seconds.for_each([&](std::int64_t second) {
            if (first && first->second <= second) return;
            const auto use = std::ranges::lower_bound(uses, second, {},
                                                      [](const auto& one) { return one.first; });
            if (use == uses.end() || use->first > second + within) return;
            first = {.second = second, .application = &by, .use = &*use};
            is_used = true;
        });
        return is_used;
    });
    return first;
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
    KeyReads reads;
    std::optional<Match> best;
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!is_key_read(behaviour, calls, log::SubjectKind::application)) continue;
        if (is_one_of(portals, calls.text)) continue;
        reads.add(calls);
        const std::uint64_t score = settings.number(is_routine(calls) ? "routine_score" : "score");
        const std::int64_t first = calls.seconds->first();
        if (!is_better(best, score, first)) continue;
        best = Match{.score = score,
                     .reason = read_in_words(behaviour, calls, first),
                     .first = first,
                     .behind = {key_of(calls)}};
    }
    if (reads.is_empty()) return best;
    const UsesOfKeys uses = uses_of_keys(behaviour);
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!is_key_read(behaviour, calls, log::SubjectKind::key_holder)) continue;
        const auto used = uses.find({calls.by->principal().account, calls.text});
        if (used == uses.end()) continue;
        const auto found = first_used(reads, calls, used->second, settings.seconds("used_within"));
        if (!found) continue;
        const std::uint64_t score =
            settings.number(is_routine(calls) ? "routine_score" : "used_score");
        if (!is_better(best, score, found->second)) continue;
        best = Match{.score = score,
                     .reason = read_in_words(behaviour, *found->application, found->second) +
                               "; the " + std::string(calls.text) + " was used " +
                               duration(found->use->first - found->second) + " later",
                     .first = found->second,
                     .behind = {key_of(calls), key_of(*found->use->second)}};
    }
    return best;
}

constexpr auto k_key_evidence = std::to_array<Evidence>({
    {"key_read", EvidenceGroup::credentials, key_read, k_key_read},
});

}  // namespace

std::span<const Evidence> key_evidence() { return k_key_evidence; }

}  // namespace cloudhijack::detect
