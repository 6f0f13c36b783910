// Evidence of more use than is normal, over a day or by many recipients; burst.cpp has the evidence
// for an hour.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "detect/hunt/evidence/users.hpp"
#include "detect/hunt/use_window.hpp"
#include "detect/mode_activity.hpp"
#include "rules/baseline_text.hpp"

namespace cloudhijack::detect {
namespace {

// --- drip: use that stays below the hourly threshold, hour after hour ---

constexpr std::array k_drip = {
    ParameterSpec{.key = "threshold_factor", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "hours", .kind = rules::ParameterKind::number, .least = 1, .most = 744},
    ParameterSpec{.key = "used_hours", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "history_factor", .kind = rules::ParameterKind::number, .least = 1}};

/// The successful use of a service in some consecutive hours.
struct UseHours {
    std::uint64_t calls = 0;
    std::uint64_t messages = 0;
    std::int64_t first = 0;  ///< the second of the first call
    std::int64_t last = 0;
};

std::map<std::int64_t, UseHours> hours_of_use(const Behaviour& behaviour, std::size_t service) {
    std::map<std::int64_t, UseHours> hours;
    for (const Calls* calls : behaviour.uses(service)) {
        const auto [place, is_new] = hours.try_emplace(counting::hour_of(calls->first()));
        UseHours& hour = place->second;
        if (is_new) hour.first = calls->first();
        hour.last = std::max(hour.last, calls->last());
        add_to(hour.calls, calls->count);
        add_to(hour.messages, calls->messages);
    }
    return hours;
}

// The normal number of messages in a day, summed over the users; nullopt if neither they nor their
// peers have used the service.
std::optional<std::uint64_t> usual_day(std::span<const Member* const> users, std::size_t service,
                                       std::int64_t start, std::int64_t hours) {
    std::optional<std::uint64_t> sum;
    const auto add = [&sum](std::uint64_t peak) {
        sum = sum.value_or(0);
        add_to(*sum, peak);
    };
    PeersOfUsers peers(service, start, start + hours * counting::k_seconds_an_hour - 1);
    for (const Member* user : users) {
        const rules::Baseline::Row* row = user->row(service);
        if (row != nullptr && row->has_use()) {
            add(row->day_peak());
        } else {
            peers.add(*user);
        }
    }
    if (peers.sum()) add(peers.sum()->day);
    return sum;
}

std::optional<Match> drip_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                             std::size_t service) {
    const std::uint64_t threshold = behaviour.rules().thresholds[service];
    const std::uint64_t least = threshold * settings.number("threshold_factor");
    const auto length = static_cast<std::int64_t>(settings.number("hours"));
    const auto hours = hours_of_use(behaviour, service);
    for (auto begin = hours.begin(); begin != hours.end(); ++begin) {
        UseHours window{.first = begin->second.first};
        std::uint64_t used_hours = 0;
        for (auto hour = begin; hour != hours.end() && hour->first < begin->first + length;
             ++hour) {
            ++used_hours;
            add_to(window.calls, hour->second.calls);
            add_to(window.messages, hour->second.messages);
            window.last = hour->second.last;
        }
        if (window.messages <= least || used_hours < settings.number("used_hours")) continue;
        const auto users = users_of(behaviour, service, window.first, window.last);
        const std::int64_t start = begin->first * counting::k_seconds_an_hour;
        if (!std::ranges::all_of(
                users, [start](const Member* user) { return user->is_known_account(start); })) {
            continue;
        }
        const auto usual = usual_day(users, service, start, length);
        const std::uint64_t factor = settings.number("history_factor");
        const std::uint64_t days =
            window.messages / factor + (window.messages % factor != 0 ? 1 : 0);
        if (usual && days <= *usual) continue;
        return Match{
            .score = settings.number("score"),
            .reason =
                uses_in_words(window.calls, window.messages, behaviour.label_of(service)) +
                " within " + std::to_string(length) + " h from " + at(window.first) + ", in " +
                std::to_string(used_hours) + " of those hours: more than " +
                std::to_string(settings.number("threshold_factor")) +
                " times the hourly threshold of " + std::to_string(threshold) +
                (usual ? " and more than " + std::to_string(factor) +
                             " times the busiest day before (" + counted(*usual, "message") + ')'
                       : "; the principal has not used it before"),
            .first = window.first,
            .behind = uses_between(behaviour, service, window.first, window.last)};
    }
    return std::nullopt;
}

std::optional<Match> drip(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        keep_better(best, drip_of(behaviour, settings, service));
    }
    return best;
}

// --- fan_out: many recipients are subscribed, so that one call reaches them all ---

constexpr std::array k_fan_out = {
    ParameterSpec{.key = "calls", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

std::optional<Match> fan_out_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                                std::size_t service) {
    std::vector<const Calls*> prepared;
    for (const Calls& calls : behaviour.calls()) {
        if (calls.service == service && calls.is(rules::Phase::prepare) && calls.is_ok()) {
            prepared.push_back(&calls);
        }
    }
    const std::int64_t within = settings.seconds("within");
    std::uint64_t count = 0;
    auto end = prepared.begin();
    for (const Calls* begin : prepared) {
        for (; end != prepared.end() && (*end)->first() <= begin->first() + within; ++end) {
            add_to(count, (*end)->count);
        }
        if (count >= settings.number("calls")) {
            std::set<CallKey> behind;
            for (const Calls* calls : prepared) {
                const bool is_in =
                    calls->first() >= begin->first() && calls->first() <= begin->first() + within;
                if (is_in) behind.insert(key_of(*calls));
            }
            return Match{.score = settings.number("score"),
                         .reason = counted(count, "successful call") + " to " +
                                   std::string(behaviour.name_of(*begin)) + " (" +
                                   std::string(behaviour.label_of(service)) + ") within " +
                                   duration(within) + " from " + at(begin->first()) +
                                   ": one message then reaches all of them",
                         .first = begin->first(),
                         .behind = std::move(behind)};
        }
        count -= begin->count;
    }
    return std::nullopt;
}

std::optional<Match> fan_out(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        keep_better(best, fan_out_of(behaviour, settings, service));
    }
    return best;
}

constexpr auto k_volume_evidence = std::to_array<Evidence>({
    {"drip", EvidenceGroup::volume, drip, k_drip},
    {"fan_out", EvidenceGroup::volume, fan_out, k_fan_out},
});

}  // namespace

std::span<const Evidence> volume_evidence() { return k_volume_evidence; }

}  // namespace cloudhijack::detect
