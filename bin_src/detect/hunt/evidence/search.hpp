#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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

/// Calls `take(calls, second)` for each second of each call about a subject for which
/// `wanted(calls)` is true.
void for_each_about(const Behaviour& behaviour, auto wanted, auto take) {
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!wanted(calls)) continue;
        calls.seconds->for_each([&](std::int64_t second) { take(calls, second); });
    }
}

/// A call about a subject, and the next call of another kind about the same subject.
struct SubjectPair {
    const SubjectCalls* calls = nullptr;
    const SubjectCalls* next = nullptr;
    std::int64_t second = 0;  ///< of the first call
    std::int64_t gap = 0;     ///< seconds between the calls
};

/// Calls `take(pair)` for each second of each call about a subject for which `are_first(calls)` is
/// true, together with the next call about the same subject, in the same account, for which
/// `are_next(calls)` is true: in the same second or later; of several in one second, the first in
/// the order of subjects().
void for_each_next_about(const Behaviour& behaviour, auto are_first, auto are_next, auto take) {
    std::map<SubjectKey, std::vector<std::pair<std::int64_t, const SubjectCalls*>>> all_next;
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!are_next(calls)) continue;
        auto& list = all_next[subject_key_of(calls)];
        calls.seconds->for_each([&](std::int64_t second) { list.emplace_back(second, &calls); });
    }
    for (auto& [key, list] : all_next) std::ranges::sort(list);
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!are_first(calls)) continue;
        const auto found = all_next.find(subject_key_of(calls));
        if (found == all_next.end()) continue;
        const auto& list = found->second;
        calls.seconds->for_each([&](std::int64_t second) {
            const auto next = std::ranges::lower_bound(list, second, {},
                                                       [](const auto& one) { return one.first; });
            if (next == list.end()) return;
            take(SubjectPair{.calls = &calls,
                             .next = next->second,
                             .second = second,
                             .gap = next->first - second});
        });
    }
}

/// A score, or the settings' `routine_score` if that is lower and the calls are routine.
std::uint64_t routine_or(std::uint64_t score, bool is_routine,
                         const rules::EvidenceSettings& settings);

/// The words at the end of the reason of routine calls; empty for others.
std::string_view routine_words(bool is_routine);

/// Keeps the better of two matches: the one with the higher score, or else the earlier one.
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

/// The first period of `within` seconds, both ends included, with at least `least` different
/// values. `value_of(calls)` returns a call's value; calls with an empty value are ignored.
std::optional<ValueSpread> first_spread(const Behaviour& behaviour, std::size_t least,
                                        std::int64_t within, auto value_of) {
    struct ValueAt {
        std::int64_t second = 0;
        std::string_view value;
        const Calls* calls = nullptr;
    };
    std::set<std::string_view> all;
    for (const Calls& calls : behaviour.calls()) all.insert(value_of(calls));
    all.erase(std::string_view{});
    if (all.empty() || all.size() < least) return std::nullopt;

    std::vector<ValueAt> values;
    for (const Calls& calls : behaviour.calls()) {
        const std::string_view value = value_of(calls);
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
