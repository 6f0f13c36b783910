#include "detect/hunt/evidence/search.hpp"

#include <algorithm>
#include <utility>

namespace cloudhijack::detect {

std::uint64_t routine_or(std::uint64_t score, bool is_routine,
                         const rules::EvidenceSettings& settings) {
    return is_routine ? std::min(score, settings.number("routine_score")) : score;
}

std::string_view routine_words(bool is_routine) {
    return is_routine ? "; the principal does this regularly" : "";
}

std::set<CallKey> calls_in_hours(const Behaviour& behaviour, std::int64_t first_hour,
                                 std::int64_t last_hour, const Member* by) {
    std::set<CallKey> keys;
    for (const Calls& calls : behaviour.calls()) {
        if (by != nullptr && calls.by != by) continue;
        const std::int64_t hour = counting::hour_of(calls.first());
        if (hour >= first_hour && hour <= last_hour) keys.insert(key_of(calls));
    }
    return keys;
}

bool is_better(const std::optional<Match>& best, std::uint64_t score, std::int64_t first) {
    return !best || score > best->score || (score == best->score && first < best->first);
}

void keep_better(std::optional<Match>& best, std::optional<Match> other) {
    if (other && is_better(best, other->score, other->first)) best = std::move(other);
}

// Each round passes over a gap of more than `within` seconds between the next calls, so that many
// calls before such a gap take no longer than one.
std::optional<SubjectPair> NextCalls::first_pair(const SubjectCalls& calls,
                                                 std::int64_t within) const {
    std::optional<std::int64_t> second = calls.seconds->first();
    while (second) {
        const auto next = seconds_.first_from(*second);
        if (!next) return std::nullopt;
        const std::int64_t gap = *next - *second;
        if (gap <= within) return SubjectPair{.calls = &calls, .second = *second, .gap = gap};
        second = calls.seconds->first_from(*next - within);
    }
    return std::nullopt;
}

const SubjectCalls* NextCalls::at(std::int64_t second) {
    if (last_.next != nullptr && last_.second == second) return last_.next;
    const auto found = std::ranges::find_if(
        calls_, [second](const SubjectCalls* calls) { return calls->seconds->contains(second); });
    last_ = {.next = *found, .second = second};
    return *found;
}

}  // namespace cloudhijack::detect
