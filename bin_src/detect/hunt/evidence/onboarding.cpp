// Evidence of somebody who explores the services, switches one on and uses it.

#include <algorithm>
#include <array>
#include <tuple>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// The subject of a service's enable call in a second: a model, a mail identity.
std::string_view enabled_subject(const Behaviour& behaviour, const Calls& enable,
                                 std::int64_t second) {
    for (const SubjectCalls& calls : behaviour.subjects()) {
        const bool is_kind = key_of(calls) == key_of(enable);
        if (is_kind && calls.seconds->first_from(second) == second) return calls.text;
    }
    return {};
}

// `used it 92 s later with InvokeModel (us-east-1)`
std::string use_in_words(const Calls& use, std::string_view name, std::int64_t seconds_later) {
    constexpr std::array<std::string_view, log::k_outcome_names.size()> endings = {
        "used it",
        "tried to use it and was denied",
        "probed it",
        "tried to use it and was throttled",
        "tried to use it and was blocked",
        "tried to use it and failed"};
    const std::string_view ending = endings.at(static_cast<std::size_t>(use.outcome));
    return std::string(ending) + ' ' + duration(seconds_later) + " later with " +
           std::string(name) + in_region(use.region);
}

// --- enable_then_use: a service is switched on and used at once ---

constexpr std::array k_enable_then_use = {
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "late_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "late_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "fast_within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "fast_score", .kind = rules::ParameterKind::number}};

/// A second in which a member made a call in a phase of a service.
struct Moment {
    std::int64_t second = 0;
    bool is_routine = false;
    const Member* by = nullptr;

    /// Within one second, calls that are not routine come first.
    [[nodiscard]] auto rank() const { return std::tuple(second, is_routine, by->index()); }
};

/// The moments of the calls of all members for which `wanted(calls)` is true, by account, sorted
/// and without repeats.
std::map<std::string_view, std::vector<Moment>> moments_of(const Behaviour& behaviour,
                                                           rules::Phase phase, auto wanted) {
    std::map<std::string_view, std::vector<Moment>> all;
    for (const Calls& calls : behaviour.calls()) {
        if (!wanted(calls)) continue;
        std::vector<Moment>& moments = all[calls.by->principal().account];
        const bool is_routine = calls.are_routine(phase);
        for (auto second = calls.first_from(calls.first()); second;
             second = calls.first_from(*second + 1)) {
            moments.push_back({.second = *second, .is_routine = is_routine, .by = calls.by});
        }
    }
    for (auto& [account, moments] : all) {
        std::ranges::sort(moments, {}, &Moment::rank);
        const auto repeated = std::ranges::unique(moments, {}, &Moment::rank);
        moments.erase(repeated.begin(), repeated.end());
    }
    return all;
}

struct EnableAndUse {
    std::uint64_t score = 0;
    std::size_t service = 0;
    Moment enabled;
    Moment used;

    [[nodiscard]] std::int64_t gap() const { return used.second - enabled.second; }
    [[nodiscard]] bool is_routine() const { return enabled.is_routine && used.is_routine; }
    /// The highest score comes first, followed by the shortest gap.
    [[nodiscard]] auto rank() const {
        return std::tuple(-static_cast<std::int64_t>(score), gap(), enabled.second, service,
                          enabled.rank(), used.rank());
    }
};

std::optional<std::uint64_t> score_of(const rules::EvidenceSettings& settings,
                                      const EnableAndUse& pair) {
    if (pair.gap() <= settings.seconds("fast_within")) return settings.number("fast_score");
    if (pair.gap() <= settings.seconds("within")) return settings.number("score");
    const bool is_late = pair.gap() <= settings.seconds("late_within") &&
                         pair.enabled.by->is_strangers(pair.enabled.second);
    return is_late ? std::optional(settings.number("late_score")) : std::nullopt;
}

std::optional<EnableAndUse> best_pair(const rules::EvidenceSettings& settings, std::size_t service,
                                      const std::vector<Moment>& enabled,
                                      const std::vector<Moment>& used) {
    std::optional<EnableAndUse> best;
    for (const Moment& moment : enabled) {
        const auto next = std::ranges::lower_bound(used, moment.second, {}, &Moment::second);
        if (next == used.end()) break;
        EnableAndUse pair{.service = service, .enabled = moment, .used = *next};
        const auto score = score_of(settings, pair);
        if (!score) continue;
        pair.score = routine_or(*score, pair.is_routine(), settings);
        if (!best || pair.rank() < best->rank()) best = pair;
    }
    return best;
}

// Whether the principal succeeded after an attempt to use the service failed, in words.
std::string later_success(const Behaviour& behaviour, const EnableAndUse& pair, const Calls& use) {
    if (use.is_ok()) return {};
    const auto ok_seconds = seconds_of(behaviour, [&pair](const Calls& calls) {
        const bool is_there = calls.by->principal().account == pair.used.by->principal().account;
        return calls.service == pair.service && calls.is(rules::Phase::use) && calls.is_ok() &&
               is_there;
    });
    const auto next = std::ranges::lower_bound(ok_seconds, pair.enabled.second);
    return next == ok_seconds.end() ? "; no later use succeeded"
                                    : "; a use succeeded " + duration(*next - pair.enabled.second) +
                                          " after the enable call";
}

std::optional<Match> enable_then_use(const Behaviour& behaviour,
                                     const rules::EvidenceSettings& settings) {
    const auto enables = [](std::size_t service) {
        return [service](const Calls& calls) {
            return calls.service == service && calls.is(rules::Phase::enable) && calls.is_ok();
        };
    };
    const auto uses = [](std::size_t service) {
        return [service](const Calls& calls) {
            return calls.service == service && calls.is(rules::Phase::use);
        };
    };
    std::optional<EnableAndUse> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        const auto enabled = moments_of(behaviour, rules::Phase::enable, enables(service));
        if (enabled.empty()) continue;
        const auto used = moments_of(behaviour, rules::Phase::use, uses(service));
        for (const auto& [account, moments] : enabled) {  // a service is enabled in one account
            const auto later = used.find(account);
            if (later == used.end()) continue;
            const auto pair = best_pair(settings, service, moments, later->second);
            if (pair && (!best || pair->rank() < best->rank())) best = pair;
        }
    }
    if (!best) return std::nullopt;
    const auto made_by = [](const Moment& moment, auto wanted) {
        return [&moment, wanted](const Calls& calls) {
            return calls.by == moment.by && wanted(calls);
        };
    };
    const std::int64_t second = best->enabled.second;
    const Calls& enable =
        *calls_at(behaviour, second, made_by(best->enabled, enables(best->service)));
    const Calls& use =
        *calls_at(behaviour, best->used.second, made_by(best->used, uses(best->service)));
    const std::string_view subject = enabled_subject(behaviour, enable, second);
    const std::string_view strangers =
        best->gap() > settings.seconds("within")
            ? "; the enable call came from a network that is new to the account"
            : "";
    std::string enabler;
    std::string user;
    if (behaviour.is_campaign()) {
        enabler = behaviour.name_of(*enable.by) + ": ";
        if (use.by != enable.by) user = behaviour.name_of(*use.by) + ' ';
    }
    return Match{.score = best->score,
                 .reason = enabler + "Enabled " +
                           (subject.empty() ? "" : std::string(subject) + " of ") +
                           std::string(behaviour.label_of(best->service)) + " at " + at(second) +
                           " with " + std::string(behaviour.name_of(enable)) + " and " + user +
                           use_in_words(use, behaviour.name_of(use), best->gap()) +
                           later_success(behaviour, *best, use) + std::string(strangers) +
                           std::string(routine_words(best->is_routine())),
                 .first = second,
                 .behind = {key_of(enable), key_of(use)},
                 .says_who = true};
}

// --- recon_then_use: several recon calls right before the first use ---

constexpr std::array k_recon_then_use = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "calls", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "ordinary_calls", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "long_term_key_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

std::optional<Match> recon_before(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings, const Calls& first_use) {
    const std::int64_t use = first_use.first();
    const std::int64_t from = use - settings.seconds("within");
    std::set<std::pair<std::size_t, std::string_view>> looked;
    std::set<std::string_view> names;
    bool is_routine = first_use.are_routine(rules::Phase::use);
    std::optional<std::int64_t> first;
    Match match{.reason = {}, .behind = {key_of(first_use)}};
    for (const Calls& calls : behaviour.calls()) {
        if (calls.first() > use) break;
        const auto second = calls.first_from(from);
        if (!calls.is(rules::Phase::recon) || !second || *second > use) continue;
        looked.emplace(calls.service, behaviour.name_of(calls));
        names.insert(behaviour.name_of(calls));
        is_routine = is_routine && calls.are_routine(rules::Phase::recon);
        first = first ? std::min(*first, *second) : *second;
        match.behind.insert(key_of(calls));
    }
    const auto& ordinary = settings.words("ordinary_calls");
    const bool all_ordinary = std::ranges::all_of(names, [&ordinary](std::string_view name) {
        return std::ranges::find(ordinary, name) != ordinary.end();
    });
    if (looked.size() < settings.number("calls") || all_ordinary) return std::nullopt;
    match.score = settings.number(behaviour.has_long_term_key() ? "long_term_key_score" : "score");
    match.score = routine_or(match.score, is_routine, settings);
    match.reason = counted(looked.size(), "different recon call") + " in the " +
                   duration(settings.seconds("within")) + " before the first use of " +
                   std::string(behaviour.label_of(first_use.service)) + " at " + at(use) + ": " +
                   listed(names) + std::string(routine_words(is_routine));
    match.first = *first;
    return match;
}

std::optional<Match> recon_then_use(const Behaviour& behaviour,
                                    const rules::EvidenceSettings& settings) {
    if (!behaviour.is_one_actor()) return std::nullopt;
    std::set<std::size_t> used;
    std::optional<Match> best;
    for (const Calls& calls : behaviour.calls()) {
        if (!calls.is(rules::Phase::use) || !used.insert(calls.service).second) continue;
        keep_better(best, recon_before(behaviour, settings, calls));
    }
    return best;
}

// --- first_recon: several recon calls to a service that the principal has never used or called ---

constexpr std::array k_first_recon = {
    ParameterSpec{.key = "calls", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "ordinary_calls", .kind = rules::ParameterKind::words}};

std::optional<Match> first_recon(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    if (!behaviour.is_one_actor()) return std::nullopt;
    const auto& ordinary = settings.words("ordinary_calls");
    std::optional<Match> best;
    for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
        const auto name = [&](const Calls& calls) {
            if (calls.service != service || !calls.is(rules::Phase::recon)) {
                return std::string_view{};
            }
            const std::string_view call = behaviour.name_of(calls);
            const bool counts = calls.by->row(service) == nullptr &&
                                calls.by->is_known_account(calls.first()) &&
                                std::ranges::find(ordinary, call) == ordinary.end();
            return counts ? call : std::string_view{};
        };
        const auto spread = first_spread(behaviour.calls(), settings.number("calls"),
                                         settings.seconds("within"), name);
        if (!spread) continue;
        keep_better(best,
                    Match{.score = settings.number("score"),
                          .reason = "First look at " + std::string(behaviour.label_of(service)) +
                                    " from " + at(spread->first) + ": " +
                                    counted(spread->values.size(), "different call") + ", " +
                                    listed(spread->values),
                          .first = spread->first,
                          .behind = spread->behind});
    }
    return best;
}

constexpr auto k_onboarding_evidence = std::to_array<Evidence>({
    {"enable_then_use", EvidenceGroup::onboarding, enable_then_use, k_enable_then_use},
    {"recon_then_use", EvidenceGroup::onboarding, recon_then_use, k_recon_then_use},
    {"first_recon", EvidenceGroup::onboarding, first_recon, k_first_recon},
});

}  // namespace

std::span<const Evidence> onboarding_evidence() { return k_onboarding_evidence; }

}  // namespace cloudhijack::detect
