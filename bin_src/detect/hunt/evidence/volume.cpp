// Evidence of more use than there should be.

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "detect/hunt/use_window.hpp"
#include "detect/mode_activity.hpp"
#include "rules/baseline_text.hpp"

namespace cloudhijack::detect {
namespace {

// --- burst: more messages in an hour than the service's threshold, and than usual ---

constexpr std::array k_burst = {
    ParameterSpec{.key = "score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_factor", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "trained_factor", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "trained_age", .kind = rules::ParameterKind::time}};

/// With what a burst is compared.
struct UsualVolume {
    std::optional<std::uint64_t> peak;  ///< messages of the busiest hour; nullopt: no history
    bool is_known_account = false;
    bool is_own = false;                         ///< the principal has used the service
    bool is_young = false;                       ///< it has used it, but for less than 7 days
    std::optional<rules::History::Peaks> peers;  ///< if it has not
};

UsualVolume usual_volume(const Behaviour& behaviour, std::size_t service, const UseWindow& window) {
    UsualVolume usual{.peak = behaviour.usual_peak(service, window.start()),
                      .is_known_account = behaviour.is_known_account(window.start()),
                      .is_own = false,
                      .is_young = false,
                      .peers = {}};
    if (!usual.is_known_account) return usual;
    const rules::Baseline::Row* row = behaviour.row(service);
    const bool has_used = row != nullptr && row->has_use();
    usual.is_own = has_used && behaviour.grown_history(window.start()) != nullptr;
    usual.is_young = has_used && !usual.is_own;
    if (usual.is_own) return usual;
    usual.peers = behaviour.peers(service, window.first, window.last);
    if (usual.peers) usual.peak = std::max(usual.peak.value_or(0), usual.peers->hour);
    return usual;
}

// The busiest hour of weeks that are long over: a slow rise cannot have taught the baseline it.
std::uint64_t trained_peak(const rules::Baseline::Row& row, std::int64_t second, std::int64_t age) {
    std::optional<std::uint64_t> peak;
    for (const auto& [week, messages] : row.peaks) {
        if (rules::end_of_week(week) * counting::k_seconds_a_day > second - age) continue;
        peak = std::max(peak.value_or(0), messages);
    }
    return peak.value_or(row.peak_hour);
}

struct Burst {
    std::uint64_t score = 0;
    UseWindow window;
    std::size_t service = 0;
    std::uint64_t threshold = 0;
    std::uint64_t factor = 1;  ///< of the threshold
    std::string compared;      ///< with what, in words

    [[nodiscard]] auto rank() const { return std::tuple(score, window.messages, -window.first); }
};

// Why a burst in a known account is strong; empty if it is not.
std::string_view strength(const Behaviour& behaviour, const UsualVolume& usual,
                          const UseWindow& window) {
    const bool is_new = behaviour.any_hour(window.first, window.last, [](const HourOrigins& hour) {
        return std::ranges::any_of(hour.origins, &JudgedOrigin::is_new);
    });
    if (is_new) return "; from a source that is new for the principal";
    if (usual.is_own || usual.peers) return {};
    const bool has_stranger = behaviour.any_hour(
        window.first, window.last, [](const HourOrigins& hour) { return hour.has_stranger; });
    if (!has_stranger || behaviour.is_vouched_for(window.first)) return {};
    return "; from a network that is new for the account, and the principal was not made from a "
           "known "
           "source";
}

std::string compared_with(const UsualVolume& usual, std::uint64_t factor) {
    if (!usual.peak) return "; no history";
    if (*usual.peak == 0) {
        return usual.is_young ? "; the principal was first seen less than 7 days before"
                              : "; the principal has not used it before";
    }
    return " and more than " + std::to_string(factor) + " times the busiest hour " +
           (usual.is_own || !usual.peers ? "before" : "of its peers") + " (" +
           counted(*usual.peak, "message") + ')';
}

std::optional<Burst> burst_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                              std::size_t service, const UseWindow& window) {
    const auto threshold = behaviour.threshold(service, window.last);
    if (!threshold || window.messages <= *threshold) return std::nullopt;
    const UsualVolume usual = usual_volume(behaviour, service, window);
    const std::uint64_t factor = settings.number("history_factor");
    Burst burst{.window = window, .service = service, .threshold = *threshold, .compared = {}};
    bool is_strong = false;
    if (!usual.peak || window.messages > *usual.peak * factor) {
        burst.compared = compared_with(usual, factor);
        const std::string_view why =
            usual.is_known_account ? strength(behaviour, usual, window) : std::string_view{};
        is_strong = usual.is_known_account ? !why.empty() : usual.peak.has_value();
        burst.compared += why;
    } else {
        if (!usual.is_own) return std::nullopt;
        const std::uint64_t trained =
            trained_peak(*behaviour.row(service), window.start(), settings.seconds("trained_age"));
        const std::uint64_t trained_factor = settings.number("trained_factor");
        if (window.messages <= trained * trained_factor) return std::nullopt;
        is_strong = true;
        burst.compared = " and more than " + std::to_string(trained_factor) +
                         " times the busiest hour in the weeks before the last one (" +
                         counted(trained, "message") + "): a slow rise";
    }
    std::string key = is_strong ? "history_score" : "score";
    if (window.messages > *threshold * 10) {
        burst.factor = 10;
        key += "_10x";
    } else if (window.messages > *threshold * 3) {
        burst.factor = 3;
        key += "_3x";
    }
    burst.score = settings.number(key);
    return burst;
}

std::string uses_in_words(std::uint64_t calls, std::uint64_t messages, std::string_view label) {
    return (messages == calls ? "" : counted(messages, "message") + " in ") +
           counted(calls, "successful call") + " of " + std::string(label);
}

std::set<PrincipalActivity::ShownKey> uses_between(const Behaviour& behaviour, std::size_t service,
                                                   std::int64_t first, std::int64_t last) {
    std::set<PrincipalActivity::ShownKey> keys;
    for (const Calls* calls : behaviour.uses(service)) {
        if (calls->first() >= first && calls->first() <= last) keys.insert(key_of(*calls));
    }
    return keys;
}

std::optional<Match> burst(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::optional<Burst> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        for (const UseWindow& window : use_windows(behaviour, service)) {
            const auto found = burst_of(behaviour, settings, service, window);
            if (found && (!best || best->rank() < found->rank())) best = found;
        }
    }
    if (!best) return std::nullopt;
    const UseWindow& window = best->window;
    return Match{
        .score = best->score,
        .reason = uses_in_words(window.calls, window.messages, behaviour.label_of(best->service)) +
                  " in 60 min from " + at(window.first) + ", more than " +
                  (best->factor > 1 ? std::to_string(best->factor) + " times " : "") +
                  "the threshold of " + std::to_string(best->threshold) + best->compared,
        .first = window.first,
        .behind = uses_between(behaviour, best->service, window.first, window.last)};
}

// --- drip: use that stays below the threshold of an hour, hour after hour ---

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

// The most messages of a day that are usual; nullopt if neither the principal nor its peers have
// used the service.
std::optional<std::uint64_t> usual_day(const Behaviour& behaviour, std::size_t service,
                                       const UseHours& window) {
    const rules::Baseline::Row* row = behaviour.row(service);
    if (row != nullptr && row->has_use()) return row->day_peak();
    const auto peers = behaviour.peers(service, window.first, window.last);
    return peers ? std::optional(peers->day) : std::nullopt;
}

std::optional<Match> drip_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                             std::size_t service) {
    const std::uint64_t threshold = behaviour.rules().thresholds[service];
    const std::uint64_t least = threshold * settings.number("threshold_factor");
    const auto length = static_cast<std::int64_t>(settings.number("hours"));
    const auto hours = hours_of_use(behaviour, service);
    for (auto begin = hours.begin(); begin != hours.end(); ++begin) {
        if (!behaviour.is_known_account(begin->first * counting::k_seconds_an_hour)) continue;
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
        const auto usual = usual_day(behaviour, service, window);
        const std::uint64_t factor = settings.number("history_factor");
        const std::uint64_t days =
            window.messages / factor + (window.messages % factor != 0 ? 1 : 0);
        if (usual && days <= *usual) continue;
        return Match{
            .score = settings.number("score"),
            .reason =
                uses_in_words(window.calls, window.messages, behaviour.label_of(service)) +
                " within " + std::to_string(length) + " h from " + at(window.first) + ", in " +
                std::to_string(used_hours) + " of the hours: more than " +
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

// --- fan_out: a crowd is subscribed, to be sent to with one call ---

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
            return Match{.score = settings.number("score"),
                         .reason = counted(count, "successful call") + " of " +
                                   std::string(behaviour.name_of(*begin)) + " (" +
                                   std::string(behaviour.label_of(service)) + ") within " +
                                   duration(within) + " from " + at(begin->first()) +
                                   ": one message then reaches all of them",
                         .first = begin->first(),
                         .behind = {key_of(*begin)}};
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
    {"burst", EvidenceGroup::volume, burst, k_burst},
    {"drip", EvidenceGroup::volume, drip, k_drip},
    {"fan_out", EvidenceGroup::volume, fan_out, k_fan_out},
});

}  // namespace

std::span<const Evidence> volume_evidence() { return k_volume_evidence; }

}  // namespace cloudhijack::detect
