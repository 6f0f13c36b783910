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

/// A principal that may act together with others. The links in its part are not set.
struct CampaignNode {
    Member::Basis part = {};
    Ties ties = {};
    std::optional<std::int64_t> first_second = {};  ///< of its first call that is not covered
};

/// A member made another member, or assumed it; members are given by their index.
struct MemberLink {
    bool is_assumed = false;
    std::size_t parent = 0;
    std::size_t child = 0;
    std::int64_t second = 0;  ///< of the first such call that counts
    PrincipalActivity::ShownKey call;
};

/// An address from which several members acted on one UTC day. In each member's account it is a
/// stranger's address.
struct SharedAddress {
    text::Address address;
    /// The first second there on that day, and the member's index; in this order.
    std::vector<std::pair<std::int64_t, std::size_t>> users;
};

/// The links that were dropped because they connected too many principals.
enum class DroppedLinks : std::uint8_t { none, shared, shared_and_assumed, all };

/// Principals that act together, or one that acts alone.
struct Campaign {
    /// If links connect more principals than this, the links by shared addresses are dropped, then
    /// those of assumed roles; if that does not help, each principal is scored alone.
    static constexpr std::size_t k_most_members = 64;

    std::vector<std::size_t> members;  ///< indexes of the nodes, ascending
    std::size_t head = 0;  ///< the index, among the members, of the one that names the campaign
    std::vector<MemberLink> links;  ///< by second
    std::vector<SharedAddress> shared;
    std::size_t linked = 1;  ///< the number of principals that are connected if no link is dropped
    DroppedLinks dropped = DroppedLinks::none;
};

struct Campaigns {
    std::vector<LinksToChild> links;  ///< to each actor, that is, to all nodes of one name
    std::vector<const LinksToChild*> links_to;  ///< by node, pointers into `links`; null: none
    /// Each node is in exactly one; in the order of their first members.
    std::vector<Campaign> all;
};

/// Finds the principals that act together. Nodes must be in the order of their principals. Takes
/// linear time in the nodes and ties.
Campaigns find_campaigns(std::span<const CampaignNode> nodes, const MakingIndex& makings,
                         const rules::Catalogue& catalogue, const rules::History& history);

}  // namespace cloudhijack::detect
