#include "detect/baseline/baseline_update.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/baseline/baseline_range.hpp"
#include "detect/hunt/campaign/makings.hpp"
#include "detect/hunt/evidence/words.hpp"
#include "rules/baseline_text.hpp"
#include "rules/networks.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {
namespace {

using rules::Baseline;
using rules::SeenValues;

using Rows = std::map<Baseline::Pair, Baseline::Row, std::less<>>;

// A row of the hours that are not left for the next range; nullopt if there are none.
std::optional<Baseline::Row> row_of_hours(const std::map<std::int64_t, PairHour>& hours,
                                          Cutoff cutoff) {
    std::optional<Baseline::Row> row;
    std::map<std::int32_t, std::uint64_t> days;
    for (const auto& [hour, seen] : hours) {
        if (!cutoff.keeps(hour)) break;
        if (!row) row = {.first_seen = seen.first, .last_seen = seen.last};
        row->first_seen = std::min(row->first_seen, seen.first);
        row->last_seen = std::max(row->last_seen, seen.last);
        if (seen.cost > 0) row->peak_cost = std::max(row->peak_cost.value_or(0), seen.cost);
        if (seen.messages == 0) continue;
        const std::int32_t day = day_of_hour(hour);
        row->peak_hour = std::max(row->peak_hour, seen.messages);
        std::uint64_t& peak = row->peaks[rules::week_of_day(day)];
        peak = std::max(peak, seen.messages);
        std::uint64_t& sum = days[day];
        sum += seen.messages;
        row->peak_day = std::max(row->peak_day.value_or(0), sum);
    }
    return row;
}

void add_activity(const Baseline::Pair& pair, const PairActivity& activity, Cutoff cutoff,
                  Rows& rows) {
    const auto seen = row_of_hours(activity.hours, cutoff);
    if (!seen) return;
    const auto [place, is_new] = rows.try_emplace(pair, *seen);
    Baseline::Row& row = place->second;
    if (!is_new) {
        // Being made or assumed by others is not being seen: the first activity sets the times.
        if (row.has_only_links()) {
            row.first_seen = seen->first_seen;
            row.last_seen = seen->last_seen;
        }
        const bool has_no_peak_day = row.has_use() && !row.peak_day;
        const std::uint64_t least = row.peak_hour;
        row.add(*seen);
        // A day has at least the messages of its busiest hour, the only peak that an older version
        // kept.
        if (has_no_peak_day && row.peak_day) row.peak_day = std::max(*row.peak_day, least);
    }
    activity.phases.add_to(row.phases, cutoff);
    activity.models.add_to(row.models, cutoff);
    activity.regions.add_to(row.regions, cutoff);
    activity.networks.add_to(row.networks, cutoff);
    activity.clients.add_to(row.clients, cutoff);
}

// The known rows and the range, except for the hours that are left for the next one.
Rows merged(const Baseline& known, const BaselineRange& range, Cutoff cutoff) {
    Rows rows = known.rows();
    for (const auto& [pair, activity] : range.pairs) add_activity(pair, activity, cutoff, rows);
    return rows;
}

Baseline baseline_of(const Rows& rows) {
    Baseline baseline;
    for (const auto& [pair, row] : rows) baseline.add(pair, row);
    return baseline;
}

// The baseline that already includes the range decides whether a source is known: otherwise the
// first range to be learned would know no source.
void add_makings(const HuntActivity& activity, const rules::HuntRules& rules, Cutoff cutoff,
                 Rows& rows) {
    rules::HuntRules informed = rules;
    informed.history = std::make_shared<const rules::History>(
        rules.history->with(std::make_shared<const Baseline>(baseline_of(rows))));
    activity.for_each_behaviour(informed, [&](const Behaviour& maker) {
        const log::Principal& principal = maker.head().principal();
        for (const MakingCall& making : makings_of(maker.catalogue(), maker.head())) {
            const counting::SecondsOfMinute& seconds = making.seconds;
            if (seconds.minute < 0 || !cutoff.keeps(counting::hour_of(seconds.start()))) continue;
            const auto name = text::front_of(principal.name, SeenValues::k_longest);
            Baseline::Row& row = rows[{.account = principal.account,
                                       .principal = making.child_name,
                                       .service = std::string(Baseline::k_principal_service)}];
            seconds.for_each([&](std::int64_t second) {
                row.add_making({.second = second,
                                .maker = std::string(name),
                                .is_from_known_source = making.is_from_known_source});
            });
        }
    });
}

void add_parents(const BaselineRange& range, Cutoff cutoff, Rows& rows) {
    for (const auto& [pair, parents] : range.parents) {
        const auto [row, is_new] = rows.try_emplace(pair);
        parents.add_to(row->second.parents, cutoff);
        if (is_new && row->second.parents.is_empty()) rows.erase(row);
    }
}

// Forgets values last seen before a day, and values that exceed a row's limits.
void tidy(Baseline::Row& row, std::int32_t first_day) {
    std::erase_if(row.made, [first_day](const Baseline::Making& making) {
        return counting::day_of(making.second) < first_day;
    });
    while (row.peaks.size() > k_most_weeks) row.peaks.erase(row.peaks.begin());
    for (const auto list : {&Baseline::Row::phases, &Baseline::Row::models, &Baseline::Row::regions,
                            &Baseline::Row::networks, &Baseline::Row::parents}) {
        (row.*list).expire(first_day);
        (row.*list).cap(k_most_values);
    }
    row.clients.expire(first_day);
    row.clients.cap(k_most_clients);
}

// Tidies a row whose principal last acted on a given day, and returns whether anything is left of
// it. A role that no longer acts may still be assumed. The age of such a row is that of its newest
// making, or else of the last day of its parents.
bool age(Baseline::Row& row, std::int32_t last_day, std::int32_t first_day) {
    const bool has_only_links = row.has_only_links();
    tidy(row, first_day);
    if (!has_only_links && last_day >= first_day) return true;
    if (row.parents.is_empty() && (!has_only_links || row.made.empty())) return false;
    const std::int64_t second = row.made.empty()
                                    ? *row.parents.last_day() * counting::k_seconds_a_day
                                    : row.made.back().second;
    row = {.first_seen = second,
           .last_seen = second,
           .parents = std::move(row.parents),
           .made = std::move(row.made)};
    return true;
}

// Turns lists into `*`, those of the pairs unseen for longest first, until the rows fit. Returns
// the number of lists.
std::uint64_t shorten(Rows& rows, std::size_t most_bytes) {
    std::size_t bytes = 0;
    for (const auto& entry : rows) bytes += bytes_of(entry);
    if (bytes <= most_bytes) return 0;
    std::vector<Rows::iterator> oldest;
    for (auto row = rows.begin(); row != rows.end(); ++row) oldest.push_back(row);
    std::ranges::sort(oldest, {},
                      [](const auto& row) { return std::tie(row->second.last_seen, row->first); });
    std::uint64_t shortened = 0;
    for (const auto& entry : oldest) {
        Baseline::Row& row = entry->second;
        std::array lists = {&row.phases,   &row.models,  &row.regions,
                            &row.networks, &row.clients, &row.parents};
        std::ranges::sort(lists, std::greater(), [](const SeenValues* list) {
            return std::pair(rules::text_of(*list).size(), list);
        });
        for (SeenValues* list : lists) {
            SeenValues short_list = *list;
            short_list.cap(0);
            const std::size_t before = rules::text_of(*list).size();
            const std::size_t after = rules::text_of(short_list).size();
            if (after >= before) continue;
            *list = std::move(short_list);
            bytes -= before - after;
            ++shortened;
            if (bytes <= most_bytes) return shortened;
        }
    }
    return shortened;
}

constexpr auto k_baseline_row = std::to_array<ColumnOf<BaselineEntry>>({
    {"account", [](const auto& entry) { return entry.first.account; }},
    {"principal", [](const auto& entry) { return entry.first.principal; }},
    {"service", [](const auto& entry) { return entry.first.service; }},
    {"first_seen", [](const auto& entry) { return at(entry.second.first_seen); }},
    {"last_seen", [](const auto& entry) { return at(entry.second.last_seen); }},
    {"peak_hour", [](const auto& entry) { return number(entry.second.peak_hour); }},
    {"peak_day",
     [](const auto& entry) -> Value {
         if (!entry.second.peak_day) return std::string();
         return number(*entry.second.peak_day);
     }},
    {"peaks", [](const auto& entry) { return rules::text_of(entry.second.peaks); }},
    {"phases", [](const auto& entry) { return rules::text_of(entry.second.phases); }},
    {"models", [](const auto& entry) { return rules::text_of(entry.second.models); }},
    {"regions", [](const auto& entry) { return rules::text_of(entry.second.regions); }},
    {"networks", [](const auto& entry) { return rules::text_of(entry.second.networks); }},
    {"clients", [](const auto& entry) { return rules::text_of(entry.second.clients); }},
    {"parents", [](const auto& entry) { return rules::text_of(entry.second.parents); }},
    {"made", [](const auto& entry) { return rules::text_of(entry.second.made); }},
    {"peak_cost", [](const auto& entry) { return dollars_or_none(entry.second.peak_cost); }},
});

}  // namespace

BaselineUpdate update_baseline(const HuntActivity& activity, const rules::HuntRules& rules,
                               std::int64_t now, std::size_t most_bytes) {
    const Baseline& known = rules.history->baseline();
    const BaselineRange range = range_of(activity, rules, now + counting::k_seconds_a_day);
    BaselineUpdate after;
    after.newest = range.newest;
    after.ahead = range.ahead;
    after.now = now;
    if (!range.newest) {
        after.baseline = known;
        return after;
    }
    const Cutoff cutoff{*range.newest};
    Rows rows = merged(known, range, cutoff);
    if (range.has_makings) add_makings(activity, rules, cutoff, rows);
    add_parents(range, cutoff, rows);
    const std::int32_t first_day = counting::day_of(*range.newest) - k_days_remembered;
    const auto last_day = [&range](const Baseline::Pair& pair, const Baseline::Row& row) {
        const auto found = range.pairs.find(pair);
        const bool in_range = found != range.pairs.end();
        return counting::day_of(
            in_range ? std::max(row.last_seen, found->second.hours.rbegin()->second.last)
                     : row.last_seen);
    };
    for (auto row = rows.begin(); row != rows.end();) {
        const bool was_known = known.find(row->first) != nullptr;
        if (age(row->second, last_day(row->first, row->second), first_day)) {
            if (!was_known) ++after.added;
            ++row;
        } else {
            if (was_known) ++after.dropped;
            row = rows.erase(row);
        }
    }
    after.shortened = shorten(rows, most_bytes);
    after.baseline = baseline_of(rows);
    return after;
}

std::span<const Column> baseline_columns() {
    static constexpr auto columns = columns_of(k_baseline_row);
    return columns;
}

Row to_row(const BaselineEntry& entry) { return row_of(k_baseline_row, entry); }

std::size_t bytes_of(const BaselineEntry& entry) {
    constexpr std::size_t around_a_cell = 3;  // two quotes and a comma
    std::size_t bytes = 0;
    for (const Value& value : to_row(entry)) {
        const auto* number = std::get_if<Number>(&value);
        const std::string& text = number != nullptr ? number->digits : std::get<std::string>(value);
        bytes +=
            text.size() + static_cast<std::size_t>(std::ranges::count(text, '"')) + around_a_cell;
    }
    return bytes;
}

}  // namespace cloudhijack::detect
