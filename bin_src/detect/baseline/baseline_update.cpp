#include "detect/baseline/baseline_update.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "detect/hunt/evidence/words.hpp"

namespace cloudhijack::detect {
namespace {

/// Successful use by one pair, by UTC hour; the peak is what the hour holds.
using UseByHour = std::map<std::int64_t, rules::Baseline::Use>;

/// What a range holds of use, and the second of its newest event.
struct Range {
    std::map<rules::Baseline::Pair, UseByHour> use;
    std::optional<std::int64_t> newest;
};

Range range_of(const HuntActivity& activity, const rules::HuntRules& rules, std::int64_t end) {
    Range range;
    activity.for_each_behaviour(rules, [&](const Behaviour& behaviour) {
        const auto services = behaviour.catalogue().services();
        for (const Calls& calls : behaviour.calls()) {
            if (calls.first() < 0 || calls.last() > end) continue;
            range.newest = std::max(range.newest.value_or(calls.last()), calls.last());
            if (!calls.is(rules::Phase::use) || !calls.is_ok()) continue;
            UseByHour& hours = range.use[{.account = behaviour.principal().account,
                                          .principal = behaviour.principal().name,
                                          .service = services[calls.service].id}];
            const rules::Baseline::Use seen{.first_seen = calls.first(), .last_seen = calls.last()};
            rules::Baseline::Use& hour =
                hours.try_emplace(counting::hour_of(calls.first()), seen).first->second;
            hour.add(seen);
            hour.peak_hour += calls.messages;
        }
    });
    return range;
}

// What was known, and what the range holds but for the hours that are left for the next one.
rules::Baseline merged(const rules::Baseline& known, const Range& range) {
    rules::Baseline all = known;
    for (const auto& [pair, hours] : range.use) {
        for (const auto& [hour, use] : hours) {
            const std::int64_t hour_end = (hour + 1) * counting::k_seconds_an_hour;
            if (hour_end < *range.newest - k_left_for_next) all.add(pair, use);
        }
    }
    return all;
}

constexpr auto k_baseline_row = std::to_array<ColumnOf<BaselineEntry>>({
    {"account", [](const auto& entry) { return entry.first.account; }},
    {"principal", [](const auto& entry) { return entry.first.principal; }},
    {"service", [](const auto& entry) { return entry.first.service; }},
    {"first_seen", [](const auto& entry) { return at(entry.second.first_seen); }},
    {"last_seen", [](const auto& entry) { return at(entry.second.last_seen); }},
    {"peak_hour", [](const auto& entry) { return number(entry.second.peak_hour); }},
});

}  // namespace

BaselineUpdate update_baseline(const HuntActivity& activity, const rules::HuntRules& rules,
                               std::int64_t now) {
    const rules::Baseline& known = *rules.baseline;
    const Range range = range_of(activity, rules, now + counting::k_seconds_a_day);
    BaselineUpdate after;
    after.newest = range.newest;
    if (!range.newest) {
        after.baseline = known;
        return after;
    }
    const auto last_seen = [&range](const rules::Baseline::Pair& pair,
                                    const rules::Baseline::Use& use) {
        const auto found = range.use.find(pair);
        const bool in_range = found != range.use.end();
        return in_range ? std::max(use.last_seen, found->second.rbegin()->second.last_seen)
                        : use.last_seen;
    };
    const rules::Baseline all = merged(known, range);
    for (const auto& [pair, use] : all.pairs()) {
        const bool was_known = known.find(pair) != nullptr;
        if (last_seen(pair, use) >= *range.newest - k_forgotten_after) {
            after.baseline.add(pair, use);
            if (!was_known) ++after.added;
        } else if (was_known) {
            ++after.dropped;
        }
    }
    return after;
}

std::span<const Column> baseline_columns() {
    static constexpr auto columns = columns_of(k_baseline_row);
    return columns;
}

Row to_row(const BaselineEntry& entry) { return row_of(k_baseline_row, entry); }

}  // namespace cloudhijack::detect
