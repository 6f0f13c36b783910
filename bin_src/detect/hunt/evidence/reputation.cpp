// Evidence of mail that recipients, or their servers, rejected.

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "detect/mode_activity.hpp"

namespace cloudhijack::detect {
namespace {

// --- reputation: too many of many mails bounce or are reported as spam ---

constexpr std::array k_reputation = {
    ParameterSpec{.key = "mails", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "hours", .kind = rules::ParameterKind::number, .least = 1, .most = 744},
    ParameterSpec{.key = "bounced_per_1000", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "reported_per_1000", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "bounced_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "reported_calls", .kind = rules::ParameterKind::words}};

/// The number of mails of some hours, and of those that bounced or were reported.
struct MailFate {
    std::uint64_t sent = 0;
    std::uint64_t bounced = 0;
    std::uint64_t reported = 0;

    void add(const MailFate& other) {
        add_to(sent, other.sent);
        add_to(bounced, other.bounced);
        add_to(reported, other.reported);
    }
};

bool is_among(std::string_view name, const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
}

/// Calls `take(calls)` for each of the behaviour's own calls and notes.
void for_each_call(const Behaviour& behaviour, auto take) {
    for (const auto* list : {&behaviour.calls(), &behaviour.notes()}) {
        std::ranges::for_each(*list, take);
    }
}

std::map<std::int64_t, MailFate> fates_by_hour(const Behaviour& behaviour, std::size_t service,
                                               const rules::EvidenceSettings& settings) {
    std::map<std::int64_t, MailFate> hours;
    for_each_call(behaviour, [&](const Calls& calls) {
        if (calls.service != service) return;
        MailFate fate;
        if (is_among(behaviour.name_of(calls), settings.words("bounced_calls"))) {
            fate.bounced = calls.count;
        } else if (is_among(behaviour.name_of(calls), settings.words("reported_calls"))) {
            fate.reported = calls.count;
        } else if (calls.is(rules::Phase::use) && calls.is_ok()) {
            fate.sent = calls.messages;
        } else {
            return;
        }
        hours[counting::hour_of(calls.first())].add(fate);
    });
    return hours;
}

// Whether a part is at least `per_1000` thousandths of a whole. The first comparison settles the
// cases in which a product would overflow.
bool has_share(std::uint64_t part, std::uint64_t whole, std::uint64_t per_1000) {
    return part > 0 && part / per_1000 >= whole / 1000 && part * 1000 >= whole * per_1000;
}

std::set<CallKey> mail_calls_between(const Behaviour& behaviour, std::size_t service,
                                     std::int64_t first_hour, std::int64_t last_hour) {
    std::set<CallKey> behind;
    for_each_call(behaviour, [&](const Calls& calls) {
        const std::int64_t hour = counting::hour_of(calls.first());
        if (calls.service == service && hour >= first_hour && hour <= last_hour) {
            behind.insert(key_of(calls));
        }
    });
    return behind;
}

// Most services do not report the fate of a message, so their calls need not be searched.
bool reports_fates(const Behaviour& behaviour, const rules::EvidenceSettings& settings,
                   std::size_t service) {
    if (behaviour.uses(service).empty()) return false;
    const rules::Catalogue& catalogue = behaviour.catalogue();
    for (std::size_t call = 0; call < catalogue.call_count(service); ++call) {
        const auto name = catalogue.call_name(service, static_cast<std::uint16_t>(call));
        if (is_among(name, settings.words("bounced_calls")) ||
            is_among(name, settings.words("reported_calls"))) {
            return true;
        }
    }
    return false;
}

std::optional<Match> reputation_of(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings, std::size_t service) {
    if (!reports_fates(behaviour, settings, service)) return std::nullopt;
    const auto hours = fates_by_hour(behaviour, service, settings);
    const auto length = static_cast<std::int64_t>(settings.number("hours"));
    for (auto begin = hours.begin(); begin != hours.end(); ++begin) {
        MailFate sum;
        std::int64_t last = begin->first;
        for (auto at = begin; at != hours.end() && at->first < begin->first + length; ++at) {
            sum.add(at->second);
            last = at->first;
        }
        const bool is_bounced =
            has_share(sum.bounced, sum.sent, settings.number("bounced_per_1000"));
        const bool is_reported =
            has_share(sum.reported, sum.sent, settings.number("reported_per_1000"));
        if (sum.sent < settings.number("mails") || !(is_bounced || is_reported)) continue;
        const std::int64_t start = begin->first * counting::k_seconds_an_hour;
        return Match{.score = settings.number("score"),
                     .reason = "Of " + counted(sum.sent, "email") + " sent through " +
                               std::string(behaviour.label_of(service)) + " in " +
                               std::to_string(length) + " h from " + at(start) + ", " +
                               std::to_string(sum.bounced) + " bounced or were dropped and " +
                               std::to_string(sum.reported) + " were reported as spam",
                     .first = start,
                     .behind = mail_calls_between(behaviour, service, begin->first, last)};
    }
    return std::nullopt;
}

std::optional<Match> reputation(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    std::optional<Match> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        keep_better(best, reputation_of(behaviour, settings, service));
    }
    return best;
}

constexpr auto k_reputation_evidence = std::to_array<Evidence>({
    {"reputation", EvidenceGroup::volume, reputation, k_reputation},
});

}  // namespace

std::span<const Evidence> reputation_evidence() { return k_reputation_evidence; }

}  // namespace cloudhijack::detect
