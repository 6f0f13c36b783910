#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <ranges>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/words.hpp"

// Functions with which evidence rules search the calls of a behaviour.

namespace cloudhijack::detect {

/// The seconds of the calls for which `wanted(calls)` is true, sorted and without repeats.
std::vector<std::int64_t> seconds_of(const Behaviour& behaviour, auto wanted) {
    std::vector<std::int64_t> seconds;
    for (const Calls& calls : behaviour.calls()) {
        if (!wanted(calls)) continue;
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            seconds.push_back(*second);
        }
    }
    std::ranges::sort(seconds);
    const auto repeated = std::ranges::unique(seconds);
    seconds.erase(repeated.begin(), repeated.end());
    return seconds;
}

/// The calls in a second for which `wanted(calls)` is true; of several, the first in order. Null if
/// there are none.
const Calls* calls_at(const Behaviour& behaviour, std::int64_t second, auto wanted) {
    for (const Calls& calls : behaviour.calls()) {
        if (calls.first() > second) break;
        if (calls.first_from(second) == second && wanted(calls)) return &calls;
    }
    return nullptr;
}

/// The subject of a call: account, service, kind and text.
using SubjectKey = std::tuple<std::string_view, std::size_t, log::SubjectKind, std::string_view>;

inline SubjectKey subject_key_of(const SubjectCalls& calls) {
    return {calls.by->principal().account, calls.kind->service, calls.kind->kind, calls.text};
}

/// A call about a subject, and the next call of another kind about the same subject.
struct SubjectPair {
    const SubjectCalls* calls = nullptr;
    const SubjectCalls* next = nullptr;
    std::int64_t second = 0;  ///< of the first call
    std::int64_t gap = 0;     ///< seconds between the calls

    [[nodiscard]] auto rank() const { return std::tuple(second, gap, calls->text); }
};

/// Calls about one subject, which follow others.
class NextCalls {
  public:
    /// Calls must be added in their order.
    void add(const SubjectCalls& calls) {
        calls_.push_back(&calls);
        seconds_.merge(*calls.seconds);
    }

    /// The first pair of the calls and of one of these, at most `within` seconds later. `next` is
    /// not set.
    [[nodiscard]] std::optional<SubjectPair> first_pair(const SubjectCalls& calls,
                                                        std::int64_t within) const;

    /// The first of the calls in a second in which there are some.
    [[nodiscard]] const SubjectCalls* at(std::int64_t second);

  private:
    std::vector<const SubjectCalls*> calls_;
    counting::Seconds seconds_;
    SubjectPair last_;  ///< the last result of at()
};

/// The first pair of a call for which `are_first(calls)` is true and the next call about the same
/// subject, in the same account, for which `are_next(calls)` is true: in the same second or at most
/// `within` seconds later. Pairs are ranked by rank(), then by `order(pair)`; of several next calls
/// in one second, the first in the order of subjects() counts.
std::optional<SubjectPair> first_pair_about(const Behaviour& behaviour, std::int64_t within,
                                            auto are_first, auto are_next, auto order) {
    std::map<SubjectKey, NextCalls> all_next;
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (are_next(calls)) all_next[subject_key_of(calls)].add(calls);
    }
    std::optional<SubjectPair> best;
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!are_first(calls)) continue;
        const auto found = all_next.find(subject_key_of(calls));
        if (found == all_next.end()) continue;
        auto pair = found->second.first_pair(calls, within);
        if (!pair || (best && best->rank() < pair->rank())) continue;
        pair->next = found->second.at(pair->second + pair->gap);
        const bool is_better = !best || pair->rank() < best->rank() || order(*pair) < order(*best);
        if (is_better) best = pair;
    }
    return best;
}

/// A score, or the settings' `routine_score` if that is lower and the calls are routine.
std::uint64_t routine_or(std::uint64_t score, bool is_routine,
                         const rules::EvidenceSettings& settings);

/// The words at the end of the reason of routine calls; empty for others.
std::string_view routine_words(bool is_routine);

/// Whether a match would be better than the best so far: with a higher score, or else earlier.
bool is_better(const std::optional<Match>& best, std::uint64_t score, std::int64_t first);

/// Keeps the better of two matches.
void keep_better(std::optional<Match>& best, std::optional<Match> other);

/// The keys of the calls, or of one member's calls, in a range of UTC hours since 1970, both ends
/// included.
std::set<CallKey> calls_in_hours(const Behaviour& behaviour, std::int64_t first_hour,
                                 std::int64_t last_hour, const Member* by = nullptr);

/// The calls behind one piece of evidence, taken together.
struct FoundCalls {
    std::uint64_t count = 0;
    std::int64_t first = 0;
    std::set<std::string_view> names;
    std::set<std::string_view> regions;
    std::set<CallKey> behind;
};

/// All calls for which `wanted(calls)` is true; nullopt if there are none.
std::optional<FoundCalls> find_calls(const Behaviour& behaviour, auto wanted) {
    std::optional<FoundCalls> found;
    for (const Calls& calls : behaviour.calls()) {
        if (!wanted(calls)) continue;
        if (!found) {
            found.emplace();
            found->first = calls.first();
        }
        found->count += calls.count;
        found->names.insert(behaviour.name_of(calls));
        if (!calls.region.empty()) found->regions.insert(calls.region);
        found->behind.insert(key_of(calls));
    }
    return found;
}

/// A period in which a property of the calls took many values, such as many regions.
struct ValueSpread {
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::set<std::string_view> values;
    std::set<CallKey> behind;
};

/// The first period of `within` seconds, both ends included, in which some calls have at least
/// `least` different values. `value_of(calls)` returns a call's value; calls with an empty value
/// are ignored.
std::optional<ValueSpread> first_spread(std::ranges::forward_range auto&& some_calls,
                                        std::size_t least, std::int64_t within, auto value_of) {
    struct ValueAt {
        std::int64_t second = 0;
        std::string_view value;
        const Calls* calls = nullptr;
    };
    std::set<std::string_view> all;
    for (const Calls& calls : some_calls) all.insert(std::invoke(value_of, calls));
    all.erase(std::string_view{});
    if (all.empty() || all.size() < least) return std::nullopt;

    std::vector<ValueAt> values;
    for (const Calls& calls : some_calls) {
        const std::string_view value = std::invoke(value_of, calls);
        if (value.empty()) continue;
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            values.push_back({.second = *second, .value = value, .calls = &calls});
        }
    }
    std::ranges::sort(values, {}, &ValueAt::second);

    std::map<std::string_view, std::size_t> counts;
    std::size_t begin = 0;
    for (std::size_t end = 0; counts.size() < least; ++begin) {
        if (begin == values.size()) return std::nullopt;
        for (; end < values.size() && values[end].second <= values[begin].second + within; ++end) {
            ++counts[values[end].value];
        }
        if (counts.size() >= least) break;
        const auto leaving = counts.find(values[begin].value);
        if (--leaving->second == 0) counts.erase(leaving);
    }

    ValueSpread spread;
    spread.first = values[begin].second;
    spread.last = spread.first;
    for (std::size_t i = begin; i < values.size() && values[i].second <= spread.first + within;
         ++i) {
        if (spread.values.insert(values[i].value).second) spread.last = values[i].second;
        spread.behind.insert(key_of(*values[i].calls));
    }
    return spread;
}

}  // namespace cloudhijack::detect
