// Evidence of more use than there should be.

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
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
    bool is_own = false;       ///< a member has used the service
    bool is_young = false;     ///< none but such that have used it for less than 7 days
    bool is_of_peers = false;  ///< none has, and peers lent their peaks
};

/// The members that use a service in a stretch of time, in their order.
std::vector<const Member*> users_of(const Behaviour& behaviour, std::size_t service,
                                    std::int64_t first, std::int64_t last) {
    const auto& uses = behaviour.uses(service);
    const std::size_t members = behaviour.members().size();
    std::set<std::size_t> found;
    for (auto at = std::ranges::lower_bound(uses, first, {}, &Calls::first);
         at != uses.end() && (*at)->first() <= last && found.size() < members; ++at) {
        found.insert((*at)->by->index());
    }
    std::vector<const Member*> users;
    users.reserve(found.size());
    for (const std::size_t index : found) users.push_back(&behaviour.members()[index]);
    return users;
}

/// What the families of some users lend. Forty roles of one family do not use forty times as much.
class PeersOfUsers {
  public:
    PeersOfUsers(std::size_t service, std::int64_t first, std::int64_t last)
        : service_(service), first_(first), last_(last) {}

    void add(const Member& user) {
        const auto peers = user.peers(service_, first_, last_);
        const log::Principal& who = user.principal();
        if (!peers || !families_.emplace(who.account, log::family_of(who.name)).second) return;
        sum_ = sum_.value_or(rules::History::Peaks{});
        add_to(sum_->hour, peers->hour);
        add_to(sum_->day, peers->day);
    }
    /// nullopt: none of them has peers.
    [[nodiscard]] const std::optional<rules::History::Peaks>& sum() const { return sum_; }

  private:
    std::size_t service_;
    std::int64_t first_;
    std::int64_t last_;
    std::set<std::pair<std::string_view, std::string>> families_;
    std::optional<rules::History::Peaks> sum_;
};

// Members that do not take part lend nothing: the history of a stolen key does not excuse what was
// made with it.
UsualVolume usual_volume(const Behaviour& behaviour, std::size_t service, const UseWindow& window,
                         std::span<const Member* const> users) {
    const std::int64_t start = window.start();
    UsualVolume usual{.peak = behaviour.peak_in_range(service, start)};
    usual.is_known_account = std::ranges::all_of(
        users, [start](const Member* user) { return user->is_known_account(start); });
    if (!usual.is_known_account) return usual;
    std::uint64_t sum = 0;
    PeersOfUsers peers(service, window.first, window.last);
    for (const Member* user : users) {
        const rules::Baseline::Row* row = user->row(service);
        if (const rules::Baseline::Row* grown = user->grown_use(service, start)) {
            usual.is_own = true;
            add_to(sum, grown->peak_hour);
            continue;
        }
        usual.is_young = usual.is_young || (row != nullptr && row->has_use());
        peers.add(*user);
    }
    if (peers.sum()) add_to(sum, peers.sum()->hour);
    usual.is_young = usual.is_young && !usual.is_own;
    usual.is_of_peers = peers.sum() && !usual.is_own;
    usual.peak = std::max(usual.peak.value_or(0), sum);
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

// Of all users together.
std::uint64_t trained_peak(std::span<const Member* const> users, std::size_t service,
                           std::int64_t second, std::int64_t age) {
    std::uint64_t sum = 0;
    for (const Member* user : users) {
        const rules::Baseline::Row* row = user->grown_use(service, second);
        if (row != nullptr) add_to(sum, trained_peak(*row, second, age));
    }
    return sum;
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

// Whether a user is new to the service, came from a stranger's source, and nobody vouches for it.
bool is_unknown_stranger(const Member& user, std::size_t service, const UseWindow& window) {
    const auto has_stranger = [](const HourOrigins& hour) { return hour.has_stranger; };
    return user.grown_use(service, window.start()) == nullptr &&
           !user.peers(service, window.first, window.last) &&
           user.any_hour(window.first, window.last, has_stranger) &&
           !user.is_vouched_for(window.first);
}

// Why a burst in a known account is strong; empty if it is not.
std::string_view strength(std::size_t service, const UseWindow& window,
                          std::span<const Member* const> users) {
    if (std::ranges::any_of(users, [&window](const Member* user) {
            return user->has_new_source(window.first, window.last);
        })) {
        return "; from a source that is new for the principal";
    }
    if (std::ranges::any_of(users, [&](const Member* user) {
            return is_unknown_stranger(*user, service, window);
        })) {
        return "; from a network that is new for the account, and the principal was not made from "
               "a known source";
    }
    return {};
}

std::string compared_with(const UsualVolume& usual, std::uint64_t factor) {
    if (!usual.peak) return "; no history";
    if (*usual.peak == 0) {
        return usual.is_young ? "; the principal was first seen less than 7 days before"
                              : "; the principal has not used it before";
    }
    return " and more than " + std::to_string(factor) + " times the busiest hour " +
           (usual.is_of_peers ? "of its peers" : "before") + " (" +
           counted(*usual.peak, "message") + ')';
}

std::optional<Burst> burst_of(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                              std::size_t service, const UseWindow& window) {
    const auto threshold = behaviour.threshold(service, window.last);
    if (!threshold || window.messages <= *threshold) return std::nullopt;
    const auto users = users_of(behaviour, service, window.first, window.last);
    const UsualVolume usual = usual_volume(behaviour, service, window, users);
    const std::uint64_t factor = settings.number("history_factor");
    Burst burst{.window = window, .service = service, .threshold = *threshold, .compared = {}};
    bool is_strong = false;
    if (!usual.peak || window.messages > *usual.peak * factor) {
        burst.compared = compared_with(usual, factor);
        const std::string_view why =
            usual.is_known_account ? strength(service, window, users) : std::string_view{};
        is_strong = usual.is_known_account ? !why.empty() : usual.peak.has_value();
        burst.compared += why;
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

std::set<CallKey> uses_between(const Behaviour& behaviour, std::size_t service, std::int64_t first,
                               std::int64_t last) {
    std::set<CallKey> keys;
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

// The most messages of a day that are usual, of several users their sum; nullopt if neither they
// nor their peers have used the service.
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
            std::set<CallKey> behind;
            for (const Calls* calls : prepared) {
                const bool is_in =
                    calls->first() >= begin->first() && calls->first() <= begin->first() + within;
                if (is_in) behind.insert(key_of(*calls));
            }
            return Match{.score = settings.number("score"),
                         .reason = counted(count, "successful call") + " of " +
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
    {"burst", EvidenceGroup::volume, burst, k_burst},
    {"drip", EvidenceGroup::volume, drip, k_drip},
    {"fan_out", EvidenceGroup::volume, fan_out, k_fan_out},
});

}  // namespace

std::span<const Evidence> volume_evidence() { return k_volume_evidence; }

}  // namespace cloudhijack::detect
