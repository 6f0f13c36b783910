#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "detect/hunt/campaign/link.hpp"
#include "detect/hunt/campaign/makings.hpp"
#include "detect/hunt/campaign/ties.hpp"
#include "detect/hunt/member.hpp"
#include "rules/catalogue.hpp"
#include "rules/history.hpp"

namespace cloudhijack::detect {

/// A principal that may act together with others. Its part's links are not set.
struct CampaignNode {
    Member::Basis part = {};
    Ties ties = {};
    std::optional<std::int64_t> first_second = {};  ///< of its first call that is not covered
};

/// That one member made another, or assumed it: their places among the members.
struct MemberLink {
    bool is_assumed = false;
    std::size_t parent = 0;
    std::size_t child = 0;
    std::int64_t second = 0;  ///< of the first such call that counts
    PrincipalActivity::ShownKey call;
};

/// An address from which several members acted on one UTC day. It is a stranger's in the account of
/// each.
struct SharedAddress {
    text::Address address;
    /// The first second there on that day, and the member's place: in this order.
    std::vector<std::pair<std::int64_t, std::size_t>> users;
};

/// Which links were dropped because they tied too many principals together.
enum class DroppedLinks : std::uint8_t { none, shared, shared_and_assumed, all };

/// Principals that act together, or one that acts alone.
struct Campaign {
    /// Of more principals that links tie together the shared ones are dropped, then those of
    /// assumed roles; if that does not help, each is judged alone.
    static constexpr std::size_t k_most_members = 64;

    std::vector<std::size_t> members;  ///< places among the nodes, ascending
    std::size_t head = 0;           ///< the place, among the members, of the one to name it after
    std::vector<MemberLink> links;  ///< by second
    std::vector<SharedAddress> shared;
    std::size_t linked = 1;  ///< how many principals the links tie together if none is dropped
    DroppedLinks dropped = DroppedLinks::none;
};

struct Campaigns {
    std::vector<LinksToChild> links;            ///< to each who goes by one name
    std::vector<const LinksToChild*> links_to;  ///< by node, among `links`; null: none
    std::vector<Campaign> all;                  ///< each node is in one; by their first members
};

/// Finds which principals act together. Nodes are in the order of their principals. Linear in nodes
/// and ties.
Campaigns find_campaigns(std::span<const CampaignNode> nodes, const MakingIndex& makings,
                         const rules::Catalogue& catalogue, const rules::History& history);

}  // namespace cloudhijack::detect
