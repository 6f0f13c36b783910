// Evidence of credentials that are known to be stolen, or made for more.

#include <re2/re2.h>

#include <algorithm>
#include <array>
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

/// A call about a subject, at its first second.
struct SubjectCall {
    std::int64_t second = 0;
    std::string_view text;
    const CallKind* kind = nullptr;
};

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

// --- smtp_credentials: a user who may send mail over SMTP, which leaves no other trace ---

constexpr std::array k_smtp_credentials = {
    ParameterSpec{.key = "within", .kind = rules::ParameterKind::time}};

struct SmtpUser {
    std::int64_t gap = 0;
    std::int64_t first = 0;
    std::string_view user;
    const CallKind* maker = nullptr;
    const CallKind* granter = nullptr;

    [[nodiscard]] auto rank() const { return std::tuple(first, gap, user); }
};

std::optional<Match> smtp_credentials(const Behaviour& behaviour,
                                      const rules::EvidenceSettings& settings) {
    const auto makes_user = [&behaviour](const CallKind& kind) {
        return kind.outcome == log::Outcome::ok && is_about(behaviour, kind, log::CallTopic::user);
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
    for (const auto& [hash, subject] : behaviour.activity().subjects.all()) {
        for (const auto& [maker, made] : subject.calls) {
            if (!makes_user(maker)) continue;
            for (const auto& [granter, granted] : subject.calls) {
                if (!granter.grants_mail || granter.outcome != log::Outcome::ok) continue;
                const SmtpUser kinds{.user = subject.text, .maker = &maker, .granter = &granter};
                compare(kinds, made, granted);
                compare(kinds, granted, made);
            }
        }
    }
    if (!best) return std::nullopt;
    return Match{.score = settings.number("score"),
                 .reason = std::string(name_of(behaviour, *best->maker)) + " and " +
                           std::string(name_of(behaviour, *best->granter)) + " within " +
                           duration(best->gap) + " from " + at(best->first) + " let " +
                           std::string(best->user) + " send mail over SMTP, which is not logged",
                 .first = best->first,
                 .behind = {key_of(*best->maker), key_of(*best->granter)}};
}

// --- api_key_made: a key that outlives the stolen one ---

constexpr std::array k_api_key_made = {
    ParameterSpec{.key = "services", .kind = rules::ParameterKind::words}};

std::optional<Match> api_key_made(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings) {
    const auto& services = settings.words("services");
    const auto call = first_about(behaviour, [&](std::string_view text, const CallKind& kind) {
        return kind.outcome == log::Outcome::ok &&
               is_about(behaviour, kind, log::CallTopic::api_key) &&
               std::ranges::find(services, text) != services.end();
    });
    if (!call) return std::nullopt;
    return Match{
        .score = settings.number("score"),
        .reason = "Made an API key for " + std::string(call->text) + " at " + at(call->second),
        .first = call->second,
        .behind = {key_of(*call->kind)}};
}

// --- quota_asked: a request for more than the service gives ---

constexpr std::array k_quota_asked = {
    ParameterSpec{.key = "pattern", .kind = rules::ParameterKind::pattern}};

std::optional<Match> quota_asked(const Behaviour& behaviour,
                                 const rules::EvidenceSettings& settings) {
    const auto call = first_about(behaviour, [&](std::string_view text, const CallKind& kind) {
        return is_about(behaviour, kind, log::CallTopic::quota) &&
               re2::RE2::PartialMatch(text, settings.pattern("pattern"));
    });
    if (!call) return std::nullopt;
    return Match{.score = settings.number("score"),
                 .reason = "Asked for a higher quota at " + at(call->second) + " with " +
                           std::string(name_of(behaviour, *call->kind)) + ": " +
                           text::quoted(call->text),
                 .first = call->second,
                 .behind = {key_of(*call->kind)}};
}

constexpr auto k_credential_evidence = std::to_array<Evidence>({
    {"quarantined", EvidenceGroup::credentials, quarantined},
    {"smtp_credentials", EvidenceGroup::credentials, smtp_credentials, k_smtp_credentials},
    {"api_key_made", EvidenceGroup::credentials, api_key_made, k_api_key_made},
    {"quota_asked", EvidenceGroup::credentials, quota_asked, k_quota_asked},
});

}  // namespace

std::span<const Evidence> credential_evidence() { return k_credential_evidence; }

}  // namespace cloudhijack::detect
