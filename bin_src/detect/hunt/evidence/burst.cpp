// Evidence of use in an hour above the threshold and above normal activity, in messages or in
// money.

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "detect/hunt/evidence/users.hpp"
#include "detect/hunt/use_window.hpp"
#include "detect/mode_activity.hpp"
#include "log/log_set.hpp"
#include "rules/baseline_text.hpp"

namespace cloudhijack::detect {
namespace {

// Whether all logs of a service's use omit the address of the caller.
bool is_without_addresses(const rules::Service& service) {
    const auto& uses = service.calls_of(rules::Phase::use);
    return !uses.empty() && std::ranges::none_of(uses, [](const rules::CatalogueCall& call) {
        return log::all_logs().has_addresses(call.source);
    });
}

/// The unit in which the use of an hour is measured: messages or money.
struct Measure {
    std::uint64_t UseWindow::* amount;
    /// The peak of the range's own history.
    std::optional<std::uint64_t> (*peak_in_range)(const Behaviour&, std::size_t service,
                                                  std::int64_t second);
    /// The peak hour of a row; nullopt if the row does not contain it.
    std::optional<std::uint64_t> (*peak_of)(const rules::Baseline::Row&);
    std::uint64_t rules::History::Peaks::* peer_peak;
    std::string (*in_words)(std::uint64_t amount);
};

constexpr Measure k_messages = {
    .amount = &UseWindow::messages,
    .peak_in_range = [](const Behaviour& behaviour, std::size_t service,
                        std::int64_t second) { return behaviour.peak_in_range(service, second); },
    .peak_of = [](const rules::Baseline::Row& row) { return std::optional(row.peak_hour); },
    .peer_peak = &rules::History::Peaks::hour,
    .in_words = [](std::uint64_t messages) { return counted(messages, "message"); }};

constexpr Measure k_cost = {
    .amount = &UseWindow::cost,
    .peak_in_range =
        [](const Behaviour& behaviour, std::size_t service, std::int64_t second) {
            return behaviour.peak_cost_in_range(service, second);
        },
    .peak_of = [](const rules::Baseline::Row& row) { return row.peak_cost; },
    .peer_peak = &rules::History::Peaks::cost,
    .in_words = [](std::uint64_t cost) { return rules::dollars_in_words(cost); }};

/// The normal activity with which an hour is compared.
struct UsualHour {
    std::optional<std::uint64_t> peak;  ///< of the busiest hour; nullopt: no history
    bool is_known_account = false;
    bool is_own = false;       ///< a member has used the service
    bool is_young = false;     ///< only members that have used it for less than 7 days
    bool is_of_peers = false;  ///< no member has, and the peaks are those of peers
};

bool shows_use(const rules::Baseline::Row& row) { return row.has_use() || row.peak_cost; }

// Members that do not take part are ignored: the history of a stolen key does not excuse the use by
// principals that were made with it.
UsualHour usual_hour(const Behaviour& behaviour, std::size_t service, const UseWindow& window,
                     std::span<const Member* const> users, const Measure& measure) {
    const std::int64_t start = window.start();
    UsualHour usual{.peak = measure.peak_in_range(behaviour, service, start)};
    usual.is_known_account = std::ranges::all_of(
        users, [start](const Member* user) { return user->is_known_account(start); });
    if (!usual.is_known_account) return usual;
    std::uint64_t sum = 0;
    PeersOfUsers peers(service, window.first, window.last);
    for (const Member* user : users) {
        const rules::Baseline::Row* row = user->row(service);
        const bool has_used = row != nullptr && shows_use(*row);
        if (has_used && user->grown_history(start) != nullptr) {
            const auto peak = measure.peak_of(*row);
            // The row was written before this column existed, or by a search without the log.
            if (!peak) return UsualHour{.peak = usual.peak};
            usual.is_own = true;
            add_to(sum, *peak);
            continue;
        }
        usual.is_young = usual.is_young || has_used;
        peers.add(*user);
    }
    if (peers.sum()) add_to(sum, *peers.sum().*measure.peer_peak);
    usual.is_young = usual.is_young && !usual.is_own;
    usual.is_of_peers = peers.sum() && !usual.is_own;
    usual.peak = std::max(usual.peak.value_or(0), sum);
    return usual;
}

// Whether an amount is more than `times` times another, without overflow.
bool exceeds(std::uint64_t amount, std::uint64_t times, std::uint64_t other) {
    return amount > 0 && (times == 0 || (amount - 1) / times >= other);
}

// Whether a user is new to the service, called from a stranger's source, and nobody vouches for it.
bool is_unknown_stranger(const Member& user, std::size_t service, const UseWindow& window) {
    const auto has_stranger = [](const HourOrigins& hour) { return hour.has_stranger; };
    return user.grown_use(service, window.start()) == nullptr &&
           !user.peers(service, window.first, window.last) &&
           user.any_hour(window.first, window.last, has_stranger) &&
           !user.is_vouched_for(window.first);
}

// Logs without addresses show nothing about sources. If the baseline knows the account without the
// service, the account may only have begun to send such a log.
bool is_without_source(const Behaviour& behaviour, const Member& user, std::size_t service,
                       const UseWindow& window) {
    const rules::Service& used = behaviour.catalogue().services()[service];
    if (!is_without_addresses(used)) return false;
    const auto has_address = [](const HourOrigins& hour) { return hour.has_address; };
    return user.account_history()->used_services.contains(used.id) &&
           !user.any_hour(window.first, window.last, has_address);
}

/// Whether a burst in a known account is strong evidence, and the reason if it is not obvious.
struct Strength {
    bool is_strong = false;
    std::string_view why;
};

Strength strength(const Behaviour& behaviour, std::size_t service, const UseWindow& window,
                  std::span<const Member* const> users) {
    if (std::ranges::any_of(users, [&window](const Member* user) {
            return user->has_new_source(window.first, window.last);
        })) {
        return {.is_strong = true, .why = "; from a source that is new to the principal"};
    }
    if (std::ranges::any_of(users, [&](const Member* user) {
            return is_unknown_stranger(*user, service, window);
        })) {
        return {.is_strong = true,
                .why =
                    "; from a network that is new to the account, and the principal was not "
                    "created from a known source"};
    }
    return {.is_strong = std::ranges::all_of(users,
                                             [&](const Member* user) {
                                                 return is_without_source(behaviour, *user, service,
                                                                          window);
                                             }),
            .why = {}};
}

std::string compared_with(const UsualHour& usual, std::uint64_t factor, const Measure& measure) {
    if (!usual.peak) return "; no history";
    if (*usual.peak == 0) {
        return usual.is_young ? "; the principal was first seen less than 7 days before"
                              : "; the principal has not used it before";
    }
    return " and more than " + std::to_string(factor) + " times the busiest hour " +
           (usual.is_of_peers ? "of its peers" : "before") + " (" + measure.in_words(*usual.peak) +
           ')';
}

/// An hour that is above a threshold and above normal activity.
struct UnusualHour {
    std::uint64_t score = 0;
    UseWindow window;
    std::size_t service = 0;
    std::uint64_t threshold = 0;
    std::uint64_t factor = 1;  ///< times the threshold
    std::string compared;      ///< the comparison with normal activity, in words

    [[nodiscard]] auto rank(const Measure& measure) const {
        return std::tuple(score, window.*measure.amount, -window.first);
    }
    [[nodiscard]] std::string threshold_in_words(std::string_view threshold_text) const {
        return ", more than " + (factor > 1 ? std::to_string(factor) + " times " : "") +
               std::string(threshold_text) + compared;
    }
};

// Scores an hour by how many times it exceeds the threshold.
void score_hour(UnusualHour& hour, std::uint64_t amount, bool is_strong,
                const rules::EvidenceSettings& settings) {
    std::string key = is_strong ? "history_score" : "score";
    if (amount > hour.threshold * 10) {
        hour.factor = 10;
        key += "_10x";
    } else if (amount > hour.threshold * 3) {
        hour.factor = 3;
        key += "_3x";
    }
    hour.score = settings.number(key);
}

// --- burst: more messages in an hour than the service's threshold, and than normal ---

constexpr std::array k_burst = {
    ParameterSpec{.key = "score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_factor", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "trained_factor", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "trained_age", .kind = rules::ParameterKind::time}};

// The peak hour of weeks that ended long ago, so that a slow rise cannot have trained the baseline.
std::uint64_t trained_peak(const rules::Baseline::Row& row, std::int64_t second, std::int64_t age) {
    std::optional<std::uint64_t> peak;
    for (const auto& [week, messages] : row.peaks) {
        if (rules::end_of_week(week) * counting::k_seconds_a_day > second - age) continue;
        peak = std::max(peak.value_or(0), messages);
    }
    return peak.value_or(row.peak_hour);
}

// The sum for all users.
std::uint64_t trained_peak(std::span<const Member* const> users, std::size_t service,
                           std::int64_t second, std::int64_t age) {
    std::uint64_t sum = 0;
    for (const Member* user : users) {
        const rules::Baseline::Row* row = user->grown_use(service, second);
        if (row != nullptr) add_to(sum, trained_peak(*row, second, age));
    }
    return sum;
}

std::optional<UnusualHour> burst_of(const Behaviour& behaviour,
                                    const rules::EvidenceSettings& settings, std::size_t service,
                                    const UseWindow& window) {
    const auto threshold = behaviour.threshold(service, window.last);
    if (!threshold || window.messages <= *threshold) return std::nullopt;
    const auto users = users_of(behaviour, service, window.first, window.last);
    const UsualHour usual = usual_hour(behaviour, service, window, users, k_messages);
    const std::uint64_t factor = settings.number("history_factor");
    UnusualHour burst{
        .window = window, .service = service, .threshold = *threshold, .compared = {}};
    bool is_strong = false;
    if (!usual.peak || exceeds(window.messages, factor, *usual.peak)) {
        burst.compared = compared_with(usual, factor, k_messages);
        const Strength found = usual.is_known_account
                                   ? strength(behaviour, service, window, users)
                                   : Strength{.is_strong = usual.peak.has_value(), .why = {}};
        is_strong = found.is_strong;
        burst.compared += found.why;
    } else {
        if (!usual.is_own) return std::nullopt;
        const std::uint64_t trained =
            trained_peak(users, service, window.start(), settings.seconds("trained_age"));
        const std::uint64_t trained_factor = settings.number("trained_factor");
        if (window.messages <= trained * trained_factor) return std::nullopt;
        is_strong = true;
        burst.compared = " and more than " + std::to_string(trained_factor) +
                         " times the busiest hour in the weeks before the last one (" +
                         counted(trained, "message") + "): a slow rise";
    }
    score_hour(burst, window.messages, is_strong, settings);
    return burst;
}

std::optional<Match> burst(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    std::optional<UnusualHour> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        for (const UseWindow& window : use_windows(behaviour, service)) {
            if (!window.begins_with_use) continue;
            const auto found = burst_of(behaviour, settings, service, window);
            if (found && (!best || best->rank(k_messages) < found->rank(k_messages))) best = found;
        }
    }
    if (!best) return std::nullopt;
    const UseWindow& window = best->window;
    return Match{
        .score = best->score,
        .reason = uses_in_words(window.calls, window.messages, behaviour.label_of(best->service)) +
                  " in 60 min from " + at(window.first) +
                  best->threshold_in_words("the threshold of " + std::to_string(best->threshold)),
        .first = window.first,
        .behind = uses_between(behaviour, best->service, window.first, window.last)};
}

// --- costly_use: more money in an hour than a limit, and than normal ---

constexpr std::array k_costly_use = {
    ParameterSpec{.key = "dollars", .kind = rules::ParameterKind::number, .most = 1'000'000},
    ParameterSpec{.key = "score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_3x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_score_10x", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "history_factor", .kind = rules::ParameterKind::number}};

// The members that spent the money. Notes do not show who did, so without use it is all of them.
std::vector<const Member*> spenders_of(const Behaviour& behaviour, std::size_t service,
                                       const UseWindow& window) {
    std::vector<const Member*> users = users_of(behaviour, service, window.first, window.last);
    if (!users.empty()) return users;
    for (const Member& member : behaviour.members()) users.push_back(&member);
    return users;
}

std::optional<UnusualHour> costly_use_of(const Behaviour& behaviour,
                                         const rules::EvidenceSettings& settings,
                                         std::size_t service, const UseWindow& window) {
    const rules::Cost limit = settings.number("dollars") * rules::k_dollar;
    if (window.cost <= limit) return std::nullopt;
    const auto users = spenders_of(behaviour, service, window);
    const UsualHour usual = usual_hour(behaviour, service, window, users, k_cost);
    const std::uint64_t factor = settings.number("history_factor");
    if (usual.peak && !exceeds(window.cost, factor, *usual.peak)) return std::nullopt;
    UnusualHour hour{.window = window, .service = service, .threshold = limit, .compared = {}};
    hour.compared = compared_with(usual, factor, k_cost);
    const Strength found = usual.is_known_account
                               ? strength(behaviour, service, window, users)
                               : Strength{.is_strong = usual.peak.has_value(), .why = {}};
    hour.compared += found.why;
    score_hour(hour, window.cost, found.is_strong, settings);
    return hour;
}

std::optional<Match> costly_use(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    if (behaviour.spends().empty()) return std::nullopt;
    std::optional<UnusualHour> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        for (const UseWindow& window : use_windows(behaviour, service)) {
            const auto found = costly_use_of(behaviour, settings, service, window);
            if (found && (!best || best->rank(k_cost) < found->rank(k_cost))) best = found;
        }
    }
    if (!best) return std::nullopt;
    const UseWindow& window = best->window;
    auto behind = uses_between(behaviour, best->service, window.first, window.last);
    std::int64_t first = window.first;
    for (const Calls& note : behaviour.notes()) {
        if (note.service != best->service || !window.holds(note)) continue;
        if (behind.empty()) first = note.first();
        behind.insert(key_of(note));
    }
    return Match{.score = best->score,
                 .reason = "An estimated " + rules::dollars_in_words(window.cost) + " for " +
                           std::string(behaviour.label_of(best->service)) + " in 60 min from " +
                           at(first) +
                           best->threshold_in_words(rules::dollars_in_words(best->threshold)),
                 .first = first,
                 .behind = std::move(behind)};
}

constexpr auto k_burst_evidence = std::to_array<Evidence>({
    {"burst", EvidenceGroup::volume, burst, k_burst},
    {"costly_use", EvidenceGroup::volume, costly_use, k_costly_use},
});

}  // namespace

std::span<const Evidence> burst_evidence() { return k_burst_evidence; }

}  // namespace cloudhijack::detect
