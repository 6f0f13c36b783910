// Evidence of calls from too many sources.

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "detect/hunt/evidence/evidence.hpp"
#include "detect/hunt/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// --- rotating_ips: one client that keeps changing its address ---

constexpr std::array k_rotating_ips = {
    ParameterSpec{.key = "addresses", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "networks", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "hours", .kind = rules::ParameterKind::number, .least = 1, .most = 744},
    ParameterSpec{
        .key = "long_term_key_networks", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "long_term_key_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "stranger_networks", .kind = rules::ParameterKind::number, .least = 1},
    ParameterSpec{.key = "stranger_score", .kind = rules::ParameterKind::number},
    ParameterSpec{.key = "lesser_score", .kind = rules::ParameterKind::number}};

/// The addresses and networks of some calls.
struct Sources {
    std::size_t addresses = 0;
    std::size_t networks = 0;
    std::uint64_t calls = 0;
    std::int64_t first = 0;  ///< the second of the first call
    std::int64_t last_hour = 0;

    /// Addresses must be added in order.
    void add(const text::Address& address, const HourActivity::CallTally& tally,
             std::int64_t hour) {
        if (tally.calls == 0) return;
        const std::int64_t second = hour * counting::k_seconds_an_hour + tally.first;
        first = calls == 0 ? second : std::min(first, second);
        last_hour = calls == 0 ? hour : std::max(last_hour, hour);
        calls += tally.calls;
        if (!address.is_whole() || address == last_) return;
        ++addresses;
        if (address.network() != last_.network()) ++networks;
        last_ = address;
    }
    [[nodiscard]] bool are_half_as_many_as_calls() const { return 2 * addresses >= calls; }

  private:
    text::Address last_;
};

constexpr std::uint64_t k_no_limit = ~std::uint64_t{0};

// The number of things, estimated from a sample that contains all hashes up to a limit.
std::string estimate(std::uint64_t sampled, std::uint64_t limit, std::string_view what) {
    if (limit == k_no_limit) return counted(sampled, what);
    const double part = static_cast<double>(limit) / std::ldexp(1.0, 64);
    const auto all = std::llround(static_cast<double>(sampled) / part);
    return "about " + counted(static_cast<std::uint64_t>(all), what);
}

/// The calls of some consecutive hours.
struct SourceWindow {
    /// The calls of one client, and those of them that no cloud sign excuses.
    struct ClientSources {
        Sources all;
        Sources unexcused;
    };

    std::uint64_t limit = k_no_limit;
    Sources all;
    Sources strangers;  ///< from networks that nobody in the account uses
    std::vector<ClientSources> clients;
};

// The calls of an origin that no cloud sign excuses. A sign in the log excuses a principal without
// history anywhere; a sign in the user agent, which the caller chooses, excuses it only from known
// sources. A principal with known networks needs no excuse within them, and has none outside.
const HourActivity::CallTally& unexcused(const Member& member, const JudgedOrigin& origin,
                                         std::int64_t hour) {
    const std::int64_t second = hour * counting::k_seconds_an_hour;
    if (!member.is_known_account(second)) return origin.from.without_cloud_sign;
    if (const auto* history = member.grown_history(second)) {
        return history->networks_are_informative ? origin.from.all : origin.from.without_cloud_sign;
    }
    return origin.is_strangers ? origin.from.without_workload : origin.from.without_cloud_sign;
}

SourceWindow source_window(const Behaviour& behaviour, std::int64_t hour, std::int64_t hours) {
    struct HourOrigin {
        const JudgedOrigin* origin;
        std::int64_t hour;
        const Member* by;
    };
    SourceWindow window{.all = {}, .strangers = {}, .clients = {}};
    std::vector<HourOrigin> seen;
    for (const Member& member : behaviour.members()) {
        const auto end = member.origins().lower_bound(hour + hours);
        for (auto at = member.origins().lower_bound(hour); at != end; ++at) {
            window.limit = std::min(window.limit, at->second.limit);
            for (const JudgedOrigin& origin : at->second.origins) {
                if (origin.is_usual_network) continue;
                seen.push_back({.origin = &origin, .hour = at->first, .by = &member});
            }
        }
    }
    std::erase_if(
        seen, [&window](const HourOrigin& one) { return one.origin->from.hash > window.limit; });
    std::ranges::sort(seen, {},
                      [](const HourOrigin& one) { return std::tie(one.origin->from.address); });
    for (const auto& [origin, at_hour, by] : seen) {
        window.all.add(origin->from.address, origin->from.all, at_hour);
        if (origin->is_strangers) {
            window.strangers.add(origin->from.address, origin->from.all, at_hour);
        }
    }
    std::ranges::sort(seen, {}, [](const HourOrigin& one) {
        return std::tie(one.origin->from.client, one.origin->from.address);
    });
    std::optional<std::uint64_t> client;
    for (const auto& [origin, at_hour, by] : seen) {
        if (client != origin->from.client) window.clients.emplace_back();
        client = origin->from.client;
        SourceWindow::ClientSources& sources = window.clients.back();
        sources.all.add(origin->from.address, origin->from.all, at_hour);
        sources.unexcused.add(origin->from.address, unexcused(*by, *origin, at_hour), at_hour);
    }
    return window;
}

/// A score, and the sources behind it.
struct Rotation {
    std::uint64_t score = 0;
    const Sources* sources = nullptr;
    bool one_client = true;
    std::string_view words;  ///< further details for the reason

    /// The highest score ranks first, then the earliest rotation, then the most addresses.
    [[nodiscard]] std::tuple<std::uint64_t, std::int64_t, std::size_t> rank() const {
        return {score, -sources->first, sources->addresses};
    }
};

Rotation rotation_in(const SourceWindow& window, const rules::EvidenceSettings& settings,
                     bool long_term_key) {
    const auto rotates = [&settings](const Sources& sources) {
        return sources.addresses >= settings.number("addresses") &&
               sources.are_half_as_many_as_calls();
    };
    const auto crosses_networks = [&settings](const Sources& sources) {
        return sources.networks >= settings.number("networks");
    };
    Rotation best;
    const auto consider = [&best](const Rotation& other) {
        if (best.sources == nullptr || best.rank() < other.rank()) best = other;
    };
    for (const auto& [all, unexcused] : window.clients) {
        if (rotates(unexcused) && crosses_networks(unexcused)) {
            consider({.score = settings.number("score"), .sources = &unexcused, .words = {}});
        }
        if (rotates(all)) {
            const bool many = crosses_networks(all);
            consider({.score = settings.number("lesser_score"),
                      .sources = &all,
                      .words = many ? ", some from cloud workloads" : ", in few networks"});
        }
    }
    if (long_term_key && window.strangers.networks >= settings.number("stranger_networks")) {
        consider(
            {.score = settings.number("stranger_score"),
             .sources = &window.strangers,
             .one_client = false,
             .words = ", with a long-term key, from networks that nobody in the account uses"});
    }
    if (long_term_key && window.all.networks >= settings.number("long_term_key_networks")) {
        consider({.score = settings.number("long_term_key_score"),
                  .sources = &window.all,
                  .one_client = false,
                  .words = ", with a long-term key"});
    }
    return best;
}

Match match_of(const Behaviour& behaviour, const SourceWindow& window, const Rotation& rotation) {
    const Sources& sources = *rotation.sources;
    const std::int64_t first_hour = counting::hour_of(sources.first);
    // The sample has a known share of the pairs of client and address, so the numbers of addresses
    // and calls can be estimated from it. Clients and networks are shared by many pairs, so the
    // sample only gives a lower bound.
    const std::string at_least = window.limit == k_no_limit ? "" : "at least ";
    const std::string clients =
        rotation.one_client ? "1 client" : at_least + counted(window.clients.size(), "client");
    return {.score = rotation.score,
            .reason = estimate(sources.calls, window.limit, "call") + " by " + clients + " from " +
                      estimate(sources.addresses, window.limit, "IP") + " in " + at_least +
                      counted(sources.networks, "network") + " within " +
                      std::to_string(sources.last_hour - first_hour + 1) + " h from " +
                      at(sources.first) + std::string(rotation.words),
            .first = sources.first,
            .behind = calls_in_hours(behaviour, first_hour, sources.last_hour)};
}

std::optional<Match> rotating_ips(const Behaviour& behaviour,
                                  const rules::EvidenceSettings& settings) {
    // Most principals have few addresses and need no further search.
    const std::uint64_t fewest =
        std::min({settings.number("addresses"), settings.number("long_term_key_networks"),
                  settings.number("stranger_networks")});
    const auto& addresses = behaviour.trait(Trait::address);
    if (!behaviour.has_sources() || addresses.size() < fewest) return std::nullopt;
    const std::uint64_t highest =
        std::max({settings.number("score"), settings.number("lesser_score"),
                  settings.number("long_term_key_score"), settings.number("stranger_score")});
    // Every run of consecutive hours counts. Its calls change only if an hour with calls enters at
    // the end or leaves at the front.
    const auto hours = static_cast<std::int64_t>(settings.number("hours"));
    std::set<std::int64_t> starts;
    for (const Member& member : behaviour.members()) {
        for (const auto& [hour, origins] : member.origins()) {
            starts.insert({hour - hours + 1, hour + 1});
        }
    }
    std::optional<Match> best;
    std::tuple<std::uint64_t, std::int64_t, std::size_t> best_rank;
    for (const std::int64_t start : starts) {
        // No later window can have a higher score.
        if (best && best->score >= highest && start > counting::hour_of(best->first)) break;
        const SourceWindow window = source_window(behaviour, start, hours);
        const Rotation found = rotation_in(window, settings, behaviour.has_long_term_key());
        if (found.sources == nullptr) continue;
        if (best && found.rank() <= best_rank) continue;
        best_rank = found.rank();
        best = match_of(behaviour, window, found);
    }
    return best;
}

// --- many_ips: many addresses in one hour ---

constexpr std::array k_many_ips = {
    ParameterSpec{.key = "addresses", .kind = rules::ParameterKind::number}};

/// The origins of all members, by hour.
std::map<std::int64_t, std::vector<const HourOrigins*>> origins_by_hour(
    const Behaviour& behaviour) {
    std::map<std::int64_t, std::vector<const HourOrigins*>> hours;
    for (const Member& member : behaviour.members()) {
        for (const auto& [hour, origins] : member.origins()) hours[hour].push_back(&origins);
    }
    return hours;
}

std::optional<Match> many_ips(const Behaviour& behaviour, const rules::EvidenceSettings& settings) {
    if (!behaviour.has_sources()) return std::nullopt;
    std::optional<Match> first;
    std::size_t most = 0;
    for (const auto& [hour, origins] : origins_by_hour(behaviour)) {
        std::map<text::Address, HourActivity::CallTally> addresses;
        std::uint64_t limit = k_no_limit;
        for (const HourOrigins* of_member : origins) {
            limit = std::min(limit, of_member->limit);
            for (const JudgedOrigin& origin : of_member->origins) {
                if (origin.is_usual_network || !origin.from.address.is_whole()) continue;
                addresses[origin.from.address].add(origin.from.all);
            }
        }
        const std::size_t count = addresses.size();
        if (count <= settings.number("addresses")) continue;
        if (!first) {
            Sources sources;
            for (const auto& [address, tally] : addresses) sources.add(address, tally, hour);
            first = Match{.score = settings.number("score"),
                          .reason = {},
                          .first = sources.first,
                          .behind = calls_in_hours(behaviour, hour, hour)};
        }
        if (count <= most) continue;  // the reason names the hour with the most addresses
        most = count;
        first->reason = "Called from " + estimate(count, limit, "IP") + " in the hour from " +
                        at(hour * counting::k_seconds_an_hour);
    }
    return first;
}

constexpr auto k_source_evidence = std::to_array<Evidence>({
    {"rotating_ips", EvidenceGroup::sources, rotating_ips, k_rotating_ips},
    {"many_ips", EvidenceGroup::sources, many_ips, k_many_ips},
});

}  // namespace

std::span<const Evidence> source_evidence() { return k_source_evidence; }

}  // namespace cloudhijack::detect
