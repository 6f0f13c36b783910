// Evidence of calls from sources, and to services, that are new for the principal.

#include <algorithm>
#include <array>
#include <tuple>

#include "counting/hash.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"
#include "rules/networks.hpp"
#include "text/utf8.hpp"

namespace cloudhijack::detect {
namespace {

// --- new_source: a network and a client that are new for the principal, or for everybody ---

constexpr std::array k_new_source = {
    ParameterSpec{.key = "away_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "bulk_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "bulk_messages", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{
        .key = "bulk_hours", .kind = rules::ParameterKind::number, .least = 1, .most = 744},
    ParameterSpec{.key = "stranger_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "stolen_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "newcomer_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "strange_newcomer_score", .kind = rules::ParameterKind::number}};

/// The score of a kind of source, and its description for an analyst.
struct SourceWords {
    SourceKind kind;
    std::string_view score_key;
    std::string_view words;
};

constexpr std::array k_source_words = {
    SourceWords{.kind = SourceKind::away,
                .score_key = "away_score",
                .words = "network new to the account, usual client"},
    SourceWords{.kind = SourceKind::away_in_bulk,
                .score_key = "bulk_score",
                .words = "network new to the account, usual client, "},
    SourceWords{.kind = SourceKind::unusual,
                .score_key = "score",
                .words = "network of others in the account, client new to the principal"},
    SourceWords{.kind = SourceKind::strange,
                .score_key = "stranger_score",
                .words = "network new to the account, client new to the principal"},
    SourceWords{.kind = SourceKind::stolen,
                .score_key = "stolen_score",
                .words = "network new to the account, client new to the principal; "},
    SourceWords{.kind = SourceKind::newcomer,
                .score_key = "newcomer_score",
                .words = "principal without history, network new to the account"},
    SourceWords{.kind = SourceKind::strange_newcomer,
                .score_key = "strange_newcomer_score",
                .words = "principal without history, network new to the account, "}};

// The fact that makes a kind of source stranger than the kind before it.
std::string aggravation(const JudgedOrigin& origin, const rules::EvidenceSettings& settings) {
    const log::CredentialSigns& credentials = origin.from.credentials;
    switch (origin.kind) {
        case SourceKind::away_in_bulk:
            return counted(settings.number("bulk_messages"), "message") + " or more in " +
                   std::to_string(settings.number("bulk_hours")) +
                   " h with credentials that work anywhere";
        case SourceKind::stolen:
            return credentials.has(log::CredentialSign::scoped)
                       ? "the credentials were issued to a workload"
                       : "in the same hour the principal also acted from a usual network";
        case SourceKind::strange_newcomer:
            return credentials.has(log::CredentialSign::anywhere) ? "credentials that work anywhere"
                                                                  : "client new to the account";
        default:
            return {};
    }
}

// The name of a client, from its hash, if the behaviour has a client of that name.
std::string_view client_name(const Behaviour& behaviour, std::uint64_t client) {
    constexpr std::size_t longest = 60;
    for (const std::string& name : behaviour.trait(Trait::client).texts()) {
        if (counting::hash_of(name) == client) return text::front_of(name, longest);
    }
    return {};
}

// `203.0.113.7 (network 203.0.0.0/16) with aws-cli`
std::string source_in_words(const Behaviour& behaviour, const Member& member,
                            const HourActivity::Origin& origin) {
    const text::Address& address = origin.address;
    std::string words = address.is_service() ? std::string(member.service_name(address))
                                             : to_text(address) + " (network " +
                                                   rules::network_text(address.network()) + ')';
    const std::string_view client = client_name(behaviour, origin.client);
    if (!client.empty()) words.append(" with ").append(client);
    return words;
}

std::optional<Match> new_source(const Behaviour& behaviour,
                                const rules::EvidenceSettings& settings) {
    if (!behaviour.has_sources()) return std::nullopt;
    struct Found {
        std::uint64_t score = 0;
        std::int64_t first = 0;
        std::int64_t hour = 0;
        const Member* by = nullptr;
        const JudgedOrigin* origin = nullptr;
        const SourceWords* words = nullptr;

        [[nodiscard]] auto rank() const {
            return std::tuple(-static_cast<std::int64_t>(score), first, by->index(),
                              origin->from.hash);
        }
    };
    std::optional<Found> best;
    const auto consider = [&](const Member& by, std::int64_t hour, const JudgedOrigin& origin) {
        const auto* const words =
            std::ranges::find(k_source_words, origin.kind, &SourceWords::kind);
        if (words == k_source_words.end()) return;
        const Found found{.score = settings.number(words->score_key),
                          .first = hour * counting::k_seconds_an_hour + origin.from.all.first,
                          .hour = hour,
                          .by = &by,
                          .origin = &origin,
                          .words = words};
        if (!best || found.rank() < best->rank()) best = found;
    };
    for (const Member& member : behaviour.members()) {
        for (const auto& [hour, origins] : member.origins()) {
            for (const JudgedOrigin& origin : origins.origins) consider(member, hour, origin);
        }
    }
    if (!best) return std::nullopt;
    const JudgedOrigin& origin = *best->origin;
    return Match{.score = best->score,
                 .reason = counted(origin.from.all.calls, "call") + " from " +
                           source_in_words(behaviour, *best->by, origin.from) +
                           " in the hour from " + at(best->hour * counting::k_seconds_an_hour) +
                           ": " + std::string(best->words->words) + aggravation(origin, settings),
                 .first = best->first,
                 .behind = calls_in_hours(behaviour, best->hour, best->hour, best->by)};
}

// --- first_use: a principal uses a service that it has never used ---

constexpr std::array k_first_use = {
    ParameterSpec{.key = "account_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "stranger_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "stranger_account_score", .kind = rules::ParameterKind::number}};

std::optional<Match> first_use_of(const Behaviour& behaviour, const Member& member,
                                  const rules::EvidenceSettings& settings, std::size_t service) {
    const auto& uses = behaviour.uses(service);
    const auto first = std::ranges::find_if(uses, [&](const Calls* calls) {
        return calls->by == &member && member.is_known_account(calls->first());
    });
    if (first == uses.end()) return std::nullopt;
    const Calls& use = **first;
    const std::int64_t second = use.first();
    const rules::Baseline::Row* row = member.row(service);
    const bool has_used = member.grown_use(service, second) != nullptr;
    if (has_used || member.peers(service, second, second)) return std::nullopt;
    const std::string& id = behaviour.catalogue().services()[service].id;
    const bool by_anyone = !member.account_history()->used_services.contains(id);
    const bool is_strangers = member.is_strangers(second);
    std::string key = by_anyone ? "account_score" : "score";
    if (is_strangers) key.insert(0, "stranger_");
    return Match{.score = settings.number(key),
                 .reason = "First use of " + std::string(behaviour.label_of(service)) + " by " +
                           (by_anyone ? "anyone in the account" : "this principal") + " at " +
                           at(second) + " with " + std::string(behaviour.name_of(use)) +
                           in_region(use.region) +
                           (is_strangers ? ", from a network that is new to the account" : "") +
                           (row != nullptr && row->has_use()
                                ? "; the principal was first seen less than 7 days before"
                                : ""),
                 .first = second,
                 .behind = {key_of(use)}};
}

std::optional<Match> first_use(const Behaviour& behaviour,
                               const rules::EvidenceSettings& settings) {
    if (!behaviour.has_sources()) return std::nullopt;
    std::optional<Match> best;
    for (const Member& member : behaviour.members()) {
        for (std::size_t service = 0; service < behaviour.service_count(); ++service) {
            keep_better(best, first_use_of(behaviour, member, settings, service));
        }
    }
    return best;
}

constexpr auto k_new_source_evidence = std::to_array<Evidence>({
    {"new_source", EvidenceGroup::sources, new_source, k_new_source},
    {"first_use", EvidenceGroup::sources, first_use, k_first_use},
});

}  // namespace

std::span<const Evidence> new_source_evidence() { return k_new_source_evidence; }

}  // namespace cloudhijack::detect
