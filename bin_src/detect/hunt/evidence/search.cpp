#include "detect/hunt/evidence/search.hpp"

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

void keep_better(std::optional<Match>& best, std::optional<Match> other) {
    if (!other) return;
    const bool is_better = !best || other->score > best->score ||
                           (other->score == best->score && other->first < best->first);
    if (is_better) best = std::move(other);
}

}  // namespace cloudhijack::detect
