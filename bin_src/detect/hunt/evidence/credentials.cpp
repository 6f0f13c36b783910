// Evidence of credentials that are known to be stolen, or made for more.

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <set>
#include <tuple>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "text/quote.hpp"

namespace cloudhijack::detect {
namespace {

using CallKind = Subjects::CallKind;

std::string_view name_of(const Behaviour& behaviour, const CallKind& kind) {
    return behaviour.catalogue().call_name(kind.service, kind.call);
}

bool is_about(const Behaviour& behaviour, const CallKind& kind, log::CallTopic topic) {
    return behaviour.catalogue().topic(kind.service, kind.call) == topic;
}

// The first call about a subject for which `wanted(text, kind)`.
std::optional<SubjectCall> first_about(const Behaviour& behaviour, auto wanted) {
    std::optional<SubjectCall> first;
    for (const auto& [hash, subject] : behaviour.activity().subjects.all()) {
        for (const auto& [kind, seconds] : subject.calls) {
            if (!wanted(subject.text, kind)) continue;
            const SubjectCall call{.second = seconds.first(), .text = subject.text, .kind = &kind};
            const auto rank = [](const SubjectCall& one) {
                return std::tuple(one.second, one.text);
            };
            if (!first || rank(call) < rank(*first)) first = call;
        }
    }
    return first;
}

// --- quarantined: AWS found the key in public ---

std::optional<Match> quarantined(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    const auto& seconds = behaviour.activity().quarantined;
    if (seconds.is_empty()) return std::nullopt;
    Match match{.score = settings.number("score"),
                .reason = "AWS attached its quarantine policy at " + at(seconds.first()) +
                          ": it found the user's key in public",
                .first = seconds.first(),
                .behind = {}};
    for (const Calls& calls : behaviour.calls()) {
        const auto topic = behaviour.catalogue().topic(calls.service, calls.call);
        if (calls.is_ok() && topic == log::CallTopic::policy) match.behind.insert(key_of(calls));
    }
    return match;
}

// --- foreign_grant: an account that is not the organisation's is let in ---

constexpr std::array k_foreign_grant = {
    ParameterSpec{.key = "everybody_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "partner_score", .kind = rules::ParameterKind::number}};

std::optional<Match> foreign_grant(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    constexpr std::string_view everybody = "*";
    std::optional<Match> best;
    for_each_about(
        behaviour,
        [&](std::string_view account, const CallKind& kind) {
            return kind.kind == log::SubjectKind::grantee && kind.is_ok() &&
                   kind.phases.has(rules::Phase::grant) &&
                   !behaviour.rules().history->is_own_account(account);
        },
        [&](const SubjectCall& call) {
            const bool is_everybody = call.text == everybody;
            const bool is_partner = call.kind->has_external_id;
            const std::string_view key =
                is_partner ? "partner_score" : (is_everybody ? "everybody_score" : "score");
            keep_better(
                best,
                Match{.score = settings.number(key),
                      .reason = std::string(name_of(behaviour, *call.kind)) + " at " +
                                at(call.second) + " gives access to " +
                                (is_everybody ? "everybody"
                                              : "account " + std::string(call.text) +
                                                    ", which is neither in the baseline nor in "
                                                    "own_accounts") +
                                (is_partner ? ", with an external id" : ""),
                      .first = call.second,
                      .behind = {key_of(*call.kind)}});
        });
    return best;
}

// --- smtp_credentials: a user who may send mail over SMTP, which leaves no other trace ---

constexpr std::array k_smtp_credentials = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "mail_groups", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

/// The groups and policies that give the right to send mail.
struct MailGivers {
    std::set<std::string_view> groups;
    std::set<std::string_view> policies;
};

MailGivers mail_givers(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    const auto& all = behaviour.activity().subjects.all();
    MailGivers givers;
    for (const std::string& group : settings.words("mail_groups")) givers.groups.insert(group);
    for (const auto& [hash, subject] : all) {
        for (const auto& [kind, seconds] : subject.calls) {
            if (kind.kind == log::SubjectKind::policy && kind.is_ok() && kind.grants_mail) {
                givers.policies.insert(subject.text);
            }
        }
    }
    for (const auto& [hash, subject] : all) {
        for (const auto& [kind, seconds] : subject.calls) {
            const bool gives = kind.grants_mail || givers.policies.contains(kind.via);
            if (kind.kind == log::SubjectKind::group && kind.is_ok() && gives) {
                givers.groups.insert(subject.text);
            }
        }
    }
    return givers;
}

// Whether a call gives the user that it is about the right to send mail.
bool gives_mail(const Behaviour& behaviour, const MailGivers& givers, const CallKind& kind) {
    if (!kind.is_ok() || kind.kind != log::SubjectKind::user) return false;
    if (is_about(behaviour, kind, log::CallTopic::group_member)) {
        return givers.groups.contains(kind.via);
    }
    return kind.grants_mail || (!kind.via.empty() && givers.policies.contains(kind.via));
}

struct SmtpUser {
    std::int64_t gap = 0;
    std::int64_t first = 0;
    std::string_view user;
    const CallKind* maker = nullptr;
    const CallKind* granter = nullptr;

    [[nodiscard]] auto rank() const { return std::tuple(first, gap, user); }
};

std::optional<SmtpUser> first_smtp_user(const Behaviour& behaviour,
                                        const rules::EvidenceSettings& settings) {
    const auto makes_user = [&behaviour](const CallKind& kind) {
        return kind.is_ok() && is_about(behaviour, kind, log::CallTopic::user);
    };
    std::optional<SmtpUser> best;
    const auto compare = [&best, within = settings.seconds("within")](
                             const SmtpUser& kinds, const counting::Seconds& before,
                             const counting::Seconds& after) {
        before.for_each([&](std::int64_t second) {
            const auto next = after.first_from(second);
            if (!next || *next - second > within) return;
            SmtpUser user = kinds;
            user.gap = *next - second;
            user.first = second;
            if (!best || user.rank() < best->rank()) best = user;
        });
    };
    const MailGivers givers = mail_givers(behaviour, settings);
    for (const auto& [hash, subject] : behaviour.activity().subjects.all()) {
        for (const auto& [maker, made] : subject.calls) {
            if (!makes_user(maker)) continue;
            for (const auto& [granter, granted] : subject.calls) {
                if (!gives_mail(behaviour, givers, granter)) continue;
                const SmtpUser kinds{.user = subject.text, .maker = &maker, .granter = &granter};
                compare(kinds, made, granted);
                compare(kinds, granted, made);
            }
        }
    }
    return best;
}

// A relay or an ingress point takes mail from anybody who has its password.
std::optional<Match> mail_relay(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    const auto call = first_about(behaviour, [](std::string_view, const CallKind& kind) {
        return kind.is_ok() && kind.kind == log::SubjectKind::mail_relay;
    });
    if (!call) return std::nullopt;
    const bool is_routine = are_routine(behaviour, call->kind->service, {rules::Phase::credential});
    return Match{.score = routine_or(settings.number("score"), is_routine, settings),
                 .reason = std::string(name_of(behaviour, *call->kind)) + " at " +
                           at(call->second) +
                           " opened a way to send mail over SMTP, which CloudTrail does not log" +
                           std::string(routine_words(is_routine)),
                 .first = call->second,
                 .behind = {key_of(*call->kind)}};
}

std::optional<Match> smtp_credentials(const Behaviour& behaviour,
                                      const rules::EvidenceSettings& settings) {
    auto best = mail_relay(behaviour, settings);
    const auto user = first_smtp_user(behaviour, settings);
    if (!user) return best;
    const bool is_routine =
        are_routine(behaviour, user->maker->service, {rules::Phase::credential});
    keep_better(best, Match{.score = routine_or(settings.number("score"), is_routine, settings),
                            .reason = std::string(name_of(behaviour, *user->maker)) + " and " +
                                      std::string(name_of(behaviour, *user->granter)) + " within " +
                                      duration(user->gap) + " from " + at(user->first) + " allow " +
                                      std::string(user->user) +
                                      " to send mail over SMTP, which CloudTrail does not log" +
                                      std::string(routine_words(is_routine)),
                            .first = user->first,
                            .behind = {key_of(*user->maker), key_of(*user->granter)}});
    return best;
}

// --- api_key_made: a key that outlives the stolen one ---

constexpr std::array k_api_key_made = {
    ParameterSpec{.key = "services", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

std::optional<Match> api_key_made(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings) {
    const auto& services = settings.words("services");
    const auto call = first_about(behaviour, [&](std::string_view text, const CallKind& kind) {
        return kind.is_ok() && kind.kind == log::SubjectKind::api_key_service &&
               std::ranges::find(services, text) != services.end();
    });
    if (!call) return std::nullopt;
    const bool is_routine = are_routine(behaviour, call->kind->service, {rules::Phase::credential});
    return Match{.score = routine_or(settings.number("score"), is_routine, settings),
                 .reason = "Made an API key for " + std::string(call->text) + " at " +
                           at(call->second) + std::string(routine_words(is_routine)),
                 .first = call->second,
                 .behind = {key_of(*call->kind)}};
}

// --- quota_asked: a request for more than the service gives ---

constexpr std::array k_quota_asked = {
    ParameterSpec{.key = "pattern", .kind = rules::ParameterKind::pattern},
    ParameterSpec{.key = "any_calls", .kind = rules::ParameterKind::words}};

std::optional<Match> quota_asked(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    const auto& any_calls = settings.words("any_calls");
    const auto call = first_about(behaviour, [&](std::string_view text, const CallKind& kind) {
        return kind.kind == log::SubjectKind::quota &&
               (std::ranges::find(any_calls, name_of(behaviour, kind)) != any_calls.end() ||
                re2::RE2::PartialMatch(text, settings.pattern("pattern")));
    });
    if (!call) return std::nullopt;
    const std::string_view name = name_of(behaviour, *call->kind);
    return Match{.score = settings.number("score"),
                 .reason = "Asked for a higher quota at " + at(call->second) + " with " +
                           std::string(name) +
                           (call->text == name ? "" : ": " + text::quoted(call->text)),
                 .first = call->second,
                 .behind = {key_of(*call->kind)}};
}

constexpr auto k_credential_evidence = std::to_array<Evidence>({
    {"quarantined", EvidenceGroup::credentials, quarantined},
    {"foreign_grant", EvidenceGroup::credentials, foreign_grant, k_foreign_grant},
    {"smtp_credentials", EvidenceGroup::credentials, smtp_credentials, k_smtp_credentials},
    {"api_key_made", EvidenceGroup::credentials, api_key_made, k_api_key_made},
    {"quota_asked", EvidenceGroup::credentials, quota_asked, k_quota_asked},
});

}  // namespace

std::span<const Evidence> credential_evidence() { return k_credential_evidence; }

}  // namespace cloudhijack::detect
