// Evidence of credentials that are known to be stolen, or that are created to do more.

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

bool are_about(const Behaviour& behaviour, const SubjectCalls& calls, log::CallTopic topic) {
    return behaviour.catalogue().topic(calls.kind->service, calls.kind->call) == topic;
}

// The first call about a subject for which `wanted(calls)` is true.
const SubjectCalls* first_about(const Behaviour& behaviour, auto wanted) {
    const SubjectCalls* first = nullptr;
    const auto rank = [](const SubjectCalls& calls) {
        return std::tuple(calls.seconds->first(), calls.text);
    };
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!wanted(calls)) continue;
        if (first == nullptr || rank(calls) < rank(*first)) first = &calls;
    }
    return first;
}

// --- quarantined: AWS found the key in public, or a provider suspended the account ---

std::optional<Match> quarantined(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    const Member* user = nullptr;  // the earliest; of several the first
    const auto first_of = [](const Member& member) {
        return member.activity().quarantined.first();
    };
    for (const Member& member : behaviour.members()) {
        if (member.activity().quarantined.is_empty()) continue;
        if (user == nullptr || first_of(member) < first_of(*user)) user = &member;
    }
    if (user == nullptr) return std::nullopt;
    const std::string time = at(first_of(*user));
    const bool is_account = log::is_key_principal(user->principal().name);
    Match match{.score = settings.number("score"),
                .reason = is_account ? "The provider suspended the account at " + time
                                     : "AWS attached its quarantine policy at " + time +
                                           ": it found the user's key in public",
                .first = first_of(*user),
                .behind = {}};
    for (const Calls& note : behaviour.notes()) {
        if (note.by == user &&
            user->activity().quarantined.first_from(note.first()) == note.first()) {
            match.behind.insert(key_of(note));
        }
    }
    for (const Calls& calls : behaviour.calls()) {
        const auto topic = behaviour.catalogue().topic(calls.service, calls.call);
        const bool is_attached = calls.is_ok() && topic == log::CallTopic::policy;
        if (is_attached && calls.by == user) match.behind.insert(key_of(calls));
    }
    return match;
}

// --- foreign_grant: access for an account that is not the organisation's ---

constexpr std::array k_foreign_grant = {
    ParameterSpec{.key = "everybody_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "partner_score", .kind = rules::ParameterKind::number}};

std::optional<Match> foreign_grant(const Behaviour& behaviour,
                                   const rules::EvidenceSettings& settings) {
    constexpr std::string_view everybody = "*";
    const auto are_foreign = [&](const SubjectCalls& calls) {
        return calls.kind->kind == log::SubjectKind::grantee && calls.is_ok() &&
               calls.kind->phases.has(rules::Phase::grant) &&
               !behaviour.rules().history->is_own_account(calls.text);
    };
    std::optional<Match> best;
    for (const SubjectCalls& calls : behaviour.subjects()) {
        if (!are_foreign(calls)) continue;
        const std::int64_t first = calls.seconds->first();
        const bool is_everybody = calls.text == everybody;
        const bool is_partner = calls.kind->has_external_id;
        const std::string_view key =
            is_partner ? "partner_score" : (is_everybody ? "everybody_score" : "score");
        keep_better(best,
                    Match{.score = settings.number(key),
                          .reason = std::string(behaviour.name_of(calls)) + " at " + at(first) +
                                    " gives access to " +
                                    (is_everybody ? "everybody"
                                                  : "account " + std::string(calls.text) +
                                                        ", which is neither in the baseline nor "
                                                        "in own_accounts") +
                                    (is_partner ? ", with an external id" : ""),
                          .first = first,
                          .behind = {key_of(calls)}});
    }
    return best;
}

// --- smtp_credentials: a user who may send mail over SMTP, which leaves no other trace ---

constexpr std::array k_smtp_credentials = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time},
    ParameterSpec{.key = "mail_groups", .kind = rules::ParameterKind::words},
    ParameterSpec{.key = "routine_score", .kind = rules::ParameterKind::number}};

/// The groups and policies that grant the right to send mail, each in its account.
struct MailGivers {
    using InAccount = std::pair<std::string_view, std::string_view>;

    const std::vector<std::string>* known_groups = nullptr;
    std::set<InAccount> groups;
    std::set<InAccount> policies;

    [[nodiscard]] bool has_group(std::string_view account, std::string_view name) const {
        return std::ranges::find(*known_groups, name) != known_groups->end() ||
               groups.contains({account, name});
    }
};

std::string_view account_of(const SubjectCalls& calls) { return calls.by->principal().account; }

MailGivers mail_givers(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    MailGivers givers{.known_groups = &settings.words("mail_groups"), .groups = {}, .policies = {}};
    for (const SubjectCalls& calls : behaviour.subjects()) {
        const Subjects::CallKind& kind = *calls.kind;
        if (kind.kind == log::SubjectKind::policy && kind.is_ok() && kind.grants_mail) {
            givers.policies.emplace(account_of(calls), calls.text);
        }
    }
    for (const SubjectCalls& calls : behaviour.subjects()) {
        const Subjects::CallKind& kind = *calls.kind;
        const bool gives =
            kind.grants_mail || givers.policies.contains({account_of(calls), kind.via});
        if (kind.kind == log::SubjectKind::group && kind.is_ok() && gives) {
            givers.groups.emplace(account_of(calls), calls.text);
        }
    }
    return givers;
}

// Whether calls grant the user that is their subject the right to send mail.
bool give_mail(const Behaviour& behaviour, const MailGivers& givers, const SubjectCalls& calls) {
    const Subjects::CallKind& kind = *calls.kind;
    if (!kind.is_ok() || kind.kind != log::SubjectKind::user) return false;
    if (are_about(behaviour, calls, log::CallTopic::group_member)) {
        return givers.has_group(account_of(calls), kind.via);
    }
    return kind.grants_mail ||
           (!kind.via.empty() && givers.policies.contains({account_of(calls), kind.via}));
}

struct SmtpUser {
    std::int64_t first = 0;
    std::int64_t gap = 0;
    const SubjectCalls* maker = nullptr;
    const SubjectCalls* granter = nullptr;

    /// The earliest user counts; of several, the first in the order of the subjects.
    [[nodiscard]] auto rank() const { return std::tuple(first, gap, maker->text, maker, granter); }
};

std::optional<SmtpUser> first_smtp_user(const Behaviour& behaviour,
                                        const rules::EvidenceSettings& settings) {
    const MailGivers givers = mail_givers(behaviour, settings);
    const auto make_user = [&](const SubjectCalls& calls) {
        return calls.is_ok() && (are_about(behaviour, calls, log::CallTopic::user) ||
                                 are_about(behaviour, calls, log::CallTopic::access_key));
    };
    const auto grant_mail = [&](const SubjectCalls& calls) {
        return give_mail(behaviour, givers, calls);
    };
    const std::int64_t within = settings.seconds("within");
    const auto made_first =
        first_pair_about(behaviour, within, make_user, grant_mail,
                         [](const SubjectPair& pair) { return std::pair(pair.calls, pair.next); });
    const auto granted_first =
        first_pair_about(behaviour, within, grant_mail, make_user,
                         [](const SubjectPair& pair) { return std::pair(pair.next, pair.calls); });
    std::optional<SmtpUser> best;
    if (made_first) {
        best = SmtpUser{.first = made_first->second,
                        .gap = made_first->gap,
                        .maker = made_first->calls,
                        .granter = made_first->next};
    }
    if (granted_first) {
        const SmtpUser other{.first = granted_first->second,
                             .gap = granted_first->gap,
                             .maker = granted_first->next,
                             .granter = granted_first->calls};
        if (!best || other.rank() < best->rank()) best = other;
    }
    return best;
}

// A relay or an ingress point accepts mail from anybody who has its password.
std::optional<Match> mail_relay(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    const SubjectCalls* calls = first_about(behaviour, [](const SubjectCalls& each) {
        return each.is_ok() && each.kind->kind == log::SubjectKind::mail_relay;
    });
    if (calls == nullptr) return std::nullopt;
    const bool is_routine = calls->are_routine(rules::Phase::credential);
    const std::int64_t first = calls->seconds->first();
    return Match{.score = routine_or(settings.number("score"), is_routine, settings),
                 .reason = std::string(behaviour.name_of(*calls)) + " at " + at(first) +
                           " opened a way to send mail over SMTP, which CloudTrail does not log" +
                           std::string(routine_words(is_routine)),
                 .first = first,
                 .behind = {key_of(*calls)}};
}

std::optional<Match> smtp_credentials(const Behaviour& behaviour,
                                      const rules::EvidenceSettings& settings) {
    auto best = mail_relay(behaviour, settings);
    const auto user = first_smtp_user(behaviour, settings);
    if (!user) return best;
    const bool is_routine = user->maker->are_routine(rules::Phase::credential) &&
                            user->granter->are_routine(rules::Phase::credential);
    keep_better(best, Match{.score = routine_or(settings.number("score"), is_routine, settings),
                            .reason = std::string(behaviour.name_of(*user->maker)) + " and " +
                                      std::string(behaviour.name_of(*user->granter)) + " within " +
                                      duration(user->gap) + " from " + at(user->first) + " allow " +
                                      std::string(user->maker->text) +
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
    const SubjectCalls* calls = first_about(behaviour, [&](const SubjectCalls& each) {
        return each.is_ok() && each.kind->kind == log::SubjectKind::api_key_service &&
               std::ranges::find(services, each.text) != services.end();
    });
    if (calls == nullptr) return std::nullopt;
    const bool is_routine = calls->are_routine(rules::Phase::credential);
    const std::int64_t first = calls->seconds->first();
    return Match{.score = routine_or(settings.number("score"), is_routine, settings),
                 .reason = "Made an API key for " + std::string(calls->text) + " at " + at(first) +
                           std::string(routine_words(is_routine)),
                 .first = first,
                 .behind = {key_of(*calls)}};
}

// --- quota_asked: a request for a higher quota than the service gives ---

constexpr std::array k_quota_asked = {
    ParameterSpec{.key = "pattern", .kind = rules::ParameterKind::pattern},
    ParameterSpec{.key = "any_calls", .kind = rules::ParameterKind::words}};

std::optional<Match> quota_asked(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    const auto& any_calls = settings.words("any_calls");
    const SubjectCalls* calls = first_about(behaviour, [&](const SubjectCalls& each) {
        return each.kind->kind == log::SubjectKind::quota &&
               (std::ranges::find(any_calls, behaviour.name_of(each)) != any_calls.end() ||
                re2::RE2::PartialMatch(each.text, settings.pattern("pattern")));
    });
    if (calls == nullptr) return std::nullopt;
    const std::string_view name = behaviour.name_of(*calls);
    const std::int64_t first = calls->seconds->first();
    return Match{.score = settings.number("score"),
                 .reason = "Requested a higher quota at " + at(first) + " with " +
                           std::string(name) +
                           (calls->text == name ? "" : ": " + text::quoted(calls->text)),
                 .first = first,
                 .behind = {key_of(*calls)}};
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
