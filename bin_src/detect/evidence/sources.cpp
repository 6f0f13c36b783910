// Evidence of calls from too many places.

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <tuple>

#include "detect/evidence/groups.hpp"
#include "detect/evidence/search.hpp"

namespace cloudhijack::detect {
namespace {

// The first call in or after an hour. Origins are kept by the hour, so this is where they begin.
std::int64_t first_call_from(const Behaviour& behaviour, std::int64_t hour) {
    const auto& calls = behaviour.calls();
    const auto found = std::ranges::lower_bound(calls, hour * k_seconds_an_hour, {}, &Calls::first);
    return found == calls.end() ? hour * k_seconds_an_hour : found->first();
}

// --- rotating_ips: one client behind ever new addresses ---

constexpr std::array k_rotating_ips = {
    ParameterSpec{.key = "addresses", .kind = ParameterKind::number},
    ParameterSpec{.key = "networks", .kind = ParameterKind::number},
    ParameterSpec{.key = "hours", .kind = ParameterKind::number},
    ParameterSpec{.key = "long_term_key_networks", .kind = ParameterKind::number},
    ParameterSpec{.key = "long_term_key_score", .kind = ParameterKind::number},
    ParameterSpec{.key = "lesser_score", .kind = ParameterKind::number}};

/// Where some calls came from.
struct Sources {
    std::set<Address> addresses;
    std::set<Address> networks;
    std::uint64_t calls = 0;

    void add(const Address& address, std::uint64_t count) {
        calls += count;
        if (count == 0 || !address.is_there()) return;
        addresses.insert(address);
        networks.insert(address.network());
    }

    [[nodiscard]] bool are_half_as_many_as_calls() const { return 2 * addresses.size() >= calls; }
};

/// The calls of some hours on end, by client.
struct SourceWindow {
    std::int64_t hour = 0;       ///< the first with a call
    std::int64_t last_hour = 0;  ///< the last with a call
    std::uint64_t limit = ~std::uint64_t{0};
    Sources all;
    std::map<std::uint64_t, Sources> by_client;
    std::map<std::uint64_t, Sources> by_client_without_cloud_sign;

    /// An estimate where not all origins are kept.
    [[nodiscard]] std::string estimate(std::size_t sampled) const {
        if (limit == ~std::uint64_t{0}) return std::to_string(sampled);
        const double part = static_cast<double>(limit) / std::ldexp(1.0, 64);
        return "about " + std::to_string(std::llround(static_cast<double>(sampled) / part));
    }
};

SourceWindow source_window(const Behaviour& behaviour, std::int64_t hour, std::int64_t hours) {
    SourceWindow window{.hour = hour, .last_hour = hour};
    const auto begin = behaviour.origins().lower_bound(hour);
    const auto end = behaviour.origins().lower_bound(hour + hours);
    for (auto at = begin; at != end; ++at) {
        window.limit = std::min(window.limit, at->second.limit);
        window.last_hour = at->first;
    }
    for (auto at = begin; at != end; ++at) {
        for (const HourActivity::Origin& origin : at->second.origins) {
            if (origin.hash > window.limit) continue;
            window.all.add(origin.address, origin.calls);
            window.by_client[origin.client].add(origin.address, origin.calls);
            window.by_client_without_cloud_sign[origin.client].add(origin.address,
                                                                   origin.calls_without_cloud_sign);
        }
    }
    return window;
}

/// A score, and the sources behind it.
struct Rotation {
    std::uint64_t score = 0;
    const Sources* sources = nullptr;
    bool one_client = true;
};

Rotation better(const Rotation& a, const Rotation& b) {
    const auto rank = [](const Rotation& one) {
        return std::tuple(one.score, one.sources == nullptr ? 0 : one.sources->addresses.size());
    };
    return rank(a) < rank(b) ? b : a;
}

Rotation rotation_in(const SourceWindow& window, const EvidenceSettings& settings,
                     bool long_term_key) {
    const auto rotates = [&settings](const Sources& sources) {
        return sources.addresses.size() >= settings.number("addresses") &&
               sources.are_half_as_many_as_calls();
    };
    const auto crosses_networks = [&settings](const Sources& sources) {
        return sources.networks.size() >= settings.number("networks");
    };
    Rotation best;
    for (const auto& [client, sources] : window.by_client_without_cloud_sign) {
        if (!rotates(sources)) continue;
        best = better(
            best, {.score = settings.number(crosses_networks(sources) ? "score" : "lesser_score"),
                   .sources = &sources});
    }
    for (const auto& [client, sources] : window.by_client) {
        if (!rotates(sources) || !crosses_networks(sources)) continue;
        best = better(best, {.score = settings.number("lesser_score"), .sources = &sources});
    }
    if (long_term_key && window.all.networks.size() >= settings.number("long_term_key_networks")) {
        best = better(best, {.score = settings.number("long_term_key_score"),
                             .sources = &window.all,
                             .one_client = false});
    }
    return best;
}

std::optional<Holding> rotating_ips(const Behaviour& behaviour, const EvidenceSettings& settings) {
    const auto& addresses = behaviour.activity().addresses;
    if (!behaviour.principal().one_actor ||
        addresses.size() <
            std::min(settings.number("addresses"), settings.number("long_term_key_networks"))) {
        return std::nullopt;
    }
    std::optional<Holding> best;
    for (const auto& [hour, origins] : behaviour.origins()) {
        const SourceWindow window =
            source_window(behaviour, hour, static_cast<std::int64_t>(settings.number("hours")));
        const Rotation found =
            rotation_in(window, settings, behaviour.activity().has_long_term_key);
        if (found.sources == nullptr || (best && best->score >= found.score)) continue;
        const std::int64_t first = first_call_from(behaviour, window.hour);
        const auto hours = static_cast<std::uint64_t>(window.last_hour - window.hour + 1);
        best = Holding{
            .score = found.score,
            .reason = window.estimate(found.sources->addresses.size()) + " IPs of " +
                      window.estimate(found.sources->networks.size()) + " networks, " +
                      (found.one_client ? "1 client" : counted(window.by_client.size(), "client")) +
                      " in " + std::to_string(hours) + " h from " + at(first) + ", " +
                      window.estimate(found.sources->calls) + " calls",
            .first = first,
            .behind = {}};
        for (const Calls& calls : behaviour.calls()) {
            const std::int64_t at_hour = hour_of(calls.first());
            if (at_hour >= window.hour && at_hour <= window.last_hour) {
                best->behind.insert(key_of(calls));
            }
        }
    }
    return best;
}

// --- many_ips: many addresses in one hour ---

constexpr std::array k_many_ips = {
    ParameterSpec{.key = "addresses", .kind = ParameterKind::number}};

std::optional<Holding> many_ips(const Behaviour& behaviour, const EvidenceSettings& settings) {
    if (!behaviour.principal().one_actor) return std::nullopt;
    std::optional<SourceWindow> most;
    for (const auto& [hour, origins] : behaviour.origins()) {
        if (origins.origins.size() <= settings.number("addresses")) continue;
        auto window = source_window(behaviour, hour, 1);
        const std::size_t count = window.all.addresses.size();
        if (count <= settings.number("addresses")) continue;
        if (!most || most->all.addresses.size() < count) most = std::move(window);
    }
    if (!most) return std::nullopt;
    Holding holding{.score = settings.number("score"),
                    .reason = most->estimate(most->all.addresses.size()) +
                              " IPs in the hour from " + at(most->hour * k_seconds_an_hour),
                    .first = first_call_from(behaviour, most->hour),
                    .behind = {}};
    for (const Calls& calls : behaviour.calls()) {
        if (hour_of(calls.first()) == most->hour) holding.behind.insert(key_of(calls));
    }
    return holding;
}

constexpr std::array k_evidence = {
    Evidence{.id = "rotating_ips",
             .group = EvidenceGroup::sources,
             .parameters = k_rotating_ips,
             .holds = rotating_ips},
    Evidence{.id = "many_ips",
             .group = EvidenceGroup::sources,
             .parameters = k_many_ips,
             .holds = many_ips},
};

}  // namespace

std::span<const Evidence> source_evidence() { return k_evidence; }

}  // namespace cloudhijack::detect
