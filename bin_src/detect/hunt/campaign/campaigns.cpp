#include "detect/hunt/campaign/campaigns.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <tuple>

namespace cloudhijack::detect {
namespace {

/// Later than all seconds.
constexpr std::int64_t k_no_second = std::numeric_limits<std::int64_t>::max();

/// Users and roles are the same whatever their path: an account and a log::actor_key() identify
/// them.
using ActorId = std::pair<std::string, std::string>;

/// A link that counts, from a node to all nodes with its child's name.
struct NodeLink {
    bool is_assumed = false;
    std::size_t parent = 0;
    std::size_t child = 0;  ///< index of an actor
    std::int64_t second = 0;
    std::string_view name;  ///< of the call
    PrincipalActivity::ShownKey call;

    /// For one parent, child and kind of link, the earliest ranks first.
    [[nodiscard]] auto rank() const { return std::tuple(is_assumed, parent, child, second, name); }
    [[nodiscard]] auto ends() const { return std::tuple(is_assumed, parent, child); }
};

/// Nodes that acted from one address on one UTC day, by their first second there.
struct NodePlace {
    text::Address address;
    std::vector<std::pair<std::int64_t, std::size_t>> users;
};

// Joins the nodes of an actor with several names, such as a role with and without its path.
class ActorIndex {
  public:
    explicit ActorIndex(std::span<const CampaignNode> nodes) {
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            const log::Principal& principal = *nodes[node].part.principal;
            if (!principal.one_actor && !log::is_key_principal(principal.name)) continue;
            const ActorId id{principal.account, log::actor_key(principal.name)};
            const auto [place, is_new] = numbers_.try_emplace(id, actors_.size());
            if (is_new) actors_.emplace_back();
            Actor& actor = actors_[place->second];
            actor.nodes.push_back(node);
            const auto& first = nodes[node].first_second;
            if (first) actor.first_second = std::min(actor.first_second, *first);
        }
    }

    struct Actor {
        std::vector<std::size_t> nodes;
        std::int64_t first_second = k_no_second;
    };

    /// The index of the actor; nullopt if it made no calls.
    [[nodiscard]] std::optional<std::size_t> find(const ActorId& id) const {
        const auto found = numbers_.find(id);
        return found == numbers_.end() ? std::nullopt : std::optional(found->second);
    }
    [[nodiscard]] const std::vector<Actor>& all() const { return actors_; }
    [[nodiscard]] const std::map<ActorId, std::size_t>& numbers() const { return numbers_; }

  private:
    std::map<ActorId, std::size_t> numbers_;
    std::vector<Actor> actors_;
};

/// Finds the calls that link principals, and their children.
class LinkFinder {
  public:
    LinkFinder(std::span<const CampaignNode> nodes, const MakingIndex& makings,
               const rules::Catalogue& catalogue, const rules::History& history)
        : nodes_(nodes),
          makings_(&makings),
          catalogue_(&catalogue),
          history_(&history),
          actors_(nodes),
          links_to_(actors_.all().size()) {
        for (const auto& [id, actor] : actors_.numbers()) {
            links_to_[actor].makings = makings.of(id.first, id.second);
        }
        for (std::size_t node = 0; node < nodes.size(); ++node) {
            for (const MakingCall& making : nodes[node].ties.makings) add(node, making);
            for (const RoleCall& role : nodes[node].ties.roles) add(node, role);
        }
        std::ranges::sort(links_, {}, &NodeLink::rank);
        const auto later = std::ranges::unique(links_, {}, &NodeLink::ends);
        links_.erase(later.begin(), later.end());
        for (LinksToChild& links : links_to_) give_each_second_once(links.links);
    }

    [[nodiscard]] const std::vector<NodeLink>& links() const { return links_; }
    [[nodiscard]] const ActorIndex& actors() const { return actors_; }
    /// The links to each actor, by its index.
    [[nodiscard]] std::vector<LinksToChild> taken_links_to() { return std::move(links_to_); }

  private:
    // Takes each second of a kind from all links but one, and removes those that are left empty.
    void give_each_second_once(std::vector<LinkToChild>& links) const {
        const auto by_minute = [this](const LinkToChild& link) {
            return std::tuple(link.kind(), link.seconds.minute, std::string_view(link.parent->name),
                              name_of(link.call), link.call);
        };
        std::ranges::sort(links, {}, by_minute);
        counting::MinuteBits given;
        const LinkToChild* before = nullptr;
        for (LinkToChild& link : links) {
            const bool is_same = before != nullptr && before->kind() == link.kind() &&
                                 before->seconds.minute == link.seconds.minute;
            if (!is_same) given = {};
            const counting::MinuteBits own = link.seconds.bits;
            link.seconds.bits = own.without(given);
            given.add(own);
            before = &link;
        }
        std::erase_if(links, [](const LinkToChild& link) { return link.seconds.is_empty(); });
        std::ranges::sort(links, {}, [](const LinkToChild& link) {
            return std::pair(link.kind(), link.seconds.first());
        });
    }

    // The seconds of a making that are a reason for a link at all, even if nobody vouches for the
    // child.
    [[nodiscard]] counting::SecondsOfMinute linking_seconds(const MakingCall& making,
                                                            const ActorIndex::Actor& child) const {
        if (making.is_of_key) return making.seconds;
        const bool makes_new_user =
            catalogue_->topic(making.call.service, making.call.call) == log::CallTopic::user;
        const bool is_role = making.trust != log::Trust::none;
        if (is_role && making.trust != log::Trust::open && !making.is_from_stranger) return {};
        if (making.is_in_known_account) {
            return making.is_routine ? counting::SecondsOfMinute{} : making.seconds;
        }
        if (makes_new_user || child.first_second == k_no_second) return making.seconds;
        return making.seconds.before(child.first_second + 1);
    }

    void add(std::size_t parent, const MakingCall& making) {
        const log::Principal& maker = *nodes_[parent].part.principal;
        const auto child = actors_.find({maker.account, making.child_key});
        if (!child) return;
        const auto seconds = linking_seconds(making, actors_.all()[*child]);
        if (seconds.is_empty()) return;
        const Vouching vouching(history_->account(maker.account), making.child_key,
                                makings_->of(maker.account, making.child_key));
        const LinkToChild link{.is_assumed = false,
                               .seconds = seconds,
                               .parent = &maker,
                               .call = making.call,
                               .is_from_stranger = making.is_from_stranger};
        add(parent, *child, link,
            making.is_of_key ? std::optional(seconds.first()) : vouching.first_without(seconds));
    }

    void add(std::size_t parent, const RoleCall& role) {
        const Member::Basis& caller = nodes_[parent].part;
        const auto child = actors_.find({role.account, role.role_key});
        if (!child) return;
        auto seconds = seconds_as_new_parent(*caller.principal, role, *child);
        const auto for_partner = makings_->of(role.account, role.role_key).for_partner;
        if (for_partner) seconds = seconds.before(*for_partner);
        if (seconds.is_empty()) return;
        const LinkToChild link{.is_assumed = true,
                               .seconds = seconds,
                               .parent = caller.principal,
                               .call = role.call,
                               .is_from_stranger = role.is_from_stranger};
        add(parent, *child, link, seconds.first());
    }

    // The seconds at which the baseline knows the role's account, but not this principal as one
    // that assumes the role.
    [[nodiscard]] counting::SecondsOfMinute seconds_as_new_parent(const log::Principal& caller,
                                                                  const RoleCall& role,
                                                                  std::size_t child) {
        const auto* account = history_->account(role.account);
        if (account == nullptr) return {};
        const auto seconds = role.seconds.from(account->known_from);
        const rules::SeenValues& parents = history_->parents_of(role.account, role.role_key);
        if (parents.is_informative() && !parents.is_usual(caller.name)) return seconds;
        return seconds.before(grown_from(*account, child));
    }

    // The first second at which one of an actor's nodes has a history that is old enough.
    std::int64_t grown_from(const rules::History::AccountHistory& account, std::size_t actor) {
        if (const auto known = grown_from_.find(actor); known != grown_from_.end()) {
            return known->second;
        }
        std::int64_t first = k_no_second;
        for (const std::size_t node : actors_.all()[actor].nodes) {
            const auto* history = account.principal(nodes_[node].part.principal->name);
            if (history != nullptr) first = std::min(first, history->grown_from());
        }
        return grown_from_[actor] = first;
    }

    // `counts_from` is the first second at which the link counts; nullopt: it does not.
    void add(std::size_t parent, std::size_t child, const LinkToChild& link,
             std::optional<std::int64_t> counts_from) {
        links_to_[child].links.push_back(link);
        // Callers that are not one actor cannot be distinguished from others with the same name.
        if (!counts_from || !nodes_[parent].part.principal->one_actor) return;
        links_.push_back({.is_assumed = link.is_assumed,
                          .parent = parent,
                          .child = child,
                          .second = *counts_from,
                          .name = name_of(link.call),
                          .call = link.call});
    }

    [[nodiscard]] std::string_view name_of(const PrincipalActivity::ShownKey& call) const {
        return catalogue_->call_name(call.service, call.call);
    }

    std::span<const CampaignNode> nodes_;
    const MakingIndex* makings_;
    const rules::Catalogue* catalogue_;
    const rules::History* history_;
    ActorIndex actors_;
    std::vector<LinksToChild> links_to_;  ///< by actor
    std::vector<NodeLink> links_;
    std::map<std::size_t, std::int64_t> grown_from_;  ///< by actor, of those that were assumed
};

std::vector<NodePlace> shared_places(std::span<const CampaignNode> nodes) {
    std::map<std::pair<std::int64_t, text::Address>, NodePlace> places;
    for (std::size_t node = 0; node < nodes.size(); ++node) {
        for (const SharedSpot& spot : nodes[node].ties.spots) {
            NodePlace& place = places[{spot.day, spot.address}];
            place.address = spot.address;
            place.users.emplace_back(spot.first, node);
        }
    }
    std::vector<NodePlace> shared;
    for (auto& [key, place] : places) {
        if (place.users.size() < 2) continue;
        std::ranges::sort(place.users);
        shared.push_back(std::move(place));
    }
    return shared;
}

/// Disjoint sets of nodes that are joined step by step.
class UnionFind {
  public:
    explicit UnionFind(std::size_t size) : parents_(size) {
        std::ranges::copy(std::views::iota(std::size_t{0}, size), parents_.begin());
    }

    std::size_t root_of(std::size_t node) {
        while (parents_[node] != node) {
            parents_[node] = parents_[parents_[node]];
            node = parents_[node];
        }
        return node;
    }

    /// The smaller root is kept, so a set's root is its first node.
    void join(std::size_t one, std::size_t other) {
        const std::size_t root = root_of(one);
        const std::size_t other_root = root_of(other);
        parents_[std::max(root, other_root)] = std::min(root, other_root);
    }

  private:
    std::vector<std::size_t> parents_;
};

/// Joins nodes by their links, as long as a campaign does not get too many of them.
class CampaignBuilder {
  public:
    CampaignBuilder(const LinkFinder& links, std::span<const NodePlace> places, std::size_t size)
        : links_(links.links()),
          actors_(links.actors().all()),
          places_(places),
          campaign_of_(size),
          linked_(size, 1) {
        std::vector<std::size_t> open(size);
        std::ranges::copy(std::views::iota(std::size_t{0}, size), open.begin());
        for (const auto dropped : {DroppedLinks::none, DroppedLinks::shared,
                                   DroppedLinks::shared_and_assumed, DroppedLinks::all}) {
            open = build(open, dropped);
        }
        for (const NodeLink& link : links_) add(link);
        for (const NodePlace& place : places_) add(place);
        for (Campaign& campaign : campaigns_) name(campaign);
        std::ranges::sort(campaigns_, {},
                          [](const Campaign& campaign) { return campaign.members.front(); });
    }

    [[nodiscard]] std::vector<Campaign> taken() { return std::move(campaigns_); }

  private:
    /// The campaign of a node.
    struct Place {
        std::size_t campaign = 0;
        std::size_t member = 0;
        DroppedLinks dropped = DroppedLinks::none;
    };

    static bool keeps(DroppedLinks dropped, const NodeLink& link) {
        const auto least_that_drops =
            link.is_assumed ? DroppedLinks::shared_and_assumed : DroppedLinks::all;
        return dropped < least_that_drops;
    }

    void join_by_links(UnionFind& sets, const std::vector<bool>& is_open,
                       DroppedLinks dropped) const {
        std::vector<bool> is_joined(actors_.size());
        for (const NodeLink& link : links_) {
            if (!keeps(dropped, link) || !is_open[link.parent]) continue;
            const auto& children = actors_[link.child].nodes;
            sets.join(link.parent, children.front());
            if (is_joined[link.child]) continue;
            is_joined[link.child] = true;
            for (const std::size_t child : children) sets.join(children.front(), child);
        }
    }

    void join_by_places(UnionFind& sets) const {
        for (const NodePlace& place : places_) {
            const std::size_t first = place.users.front().second;
            for (const auto& [second, node] : place.users) sets.join(first, node);
        }
    }

    // Makes campaigns of those open nodes that are few enough; returns the others.
    std::vector<std::size_t> build(const std::vector<std::size_t>& open, DroppedLinks dropped) {
        UnionFind sets(campaign_of_.size());
        std::vector<bool> is_open(campaign_of_.size());
        for (const std::size_t node : open) is_open[node] = true;
        join_by_links(sets, is_open, dropped);
        if (dropped == DroppedLinks::none) join_by_places(sets);
        std::map<std::size_t, std::vector<std::size_t>> groups;
        for (const std::size_t node : open) groups[sets.root_of(node)].push_back(node);
        std::vector<std::size_t> left;
        for (auto& [root, nodes] : groups) {
            if (dropped == DroppedLinks::none) {
                for (const std::size_t node : nodes) linked_[node] = nodes.size();
            }
            if (nodes.size() > Campaign::k_most_members) {
                left.insert(left.end(), nodes.begin(), nodes.end());
            } else {
                close(std::move(nodes), dropped);
            }
        }
        return left;
    }

    void close(std::vector<std::size_t> nodes, DroppedLinks dropped) {
        for (std::size_t member = 0; member < nodes.size(); ++member) {
            campaign_of_[nodes[member]] = {
                .campaign = campaigns_.size(), .member = member, .dropped = dropped};
        }
        Campaign campaign;
        campaign.linked = linked_[nodes.front()];
        campaign.dropped = dropped;
        campaign.members = std::move(nodes);
        campaigns_.push_back(std::move(campaign));
    }

    void add(const NodeLink& link) {
        const Place& parent = campaign_of_[link.parent];
        if (!keeps(parent.dropped, link)) return;
        // All of these nodes are in the parent's campaign, as the link joined them.
        for (const std::size_t child : actors_[link.child].nodes) {
            campaigns_[parent.campaign].links.push_back({.is_assumed = link.is_assumed,
                                                         .parent = parent.member,
                                                         .child = campaign_of_[child].member,
                                                         .second = link.second,
                                                         .call = link.call});
        }
    }

    void add(const NodePlace& place) {
        const Place& first = campaign_of_[place.users.front().second];
        if (first.dropped != DroppedLinks::none) return;
        SharedAddress shared{.address = place.address, .users = {}};
        for (const auto& [second, node] : place.users) {
            shared.users.emplace_back(second, campaign_of_[node].member);
        }
        campaigns_[first.campaign].shared.push_back(std::move(shared));
    }

    // Names the campaign after the first member that no other member made.
    static void name(Campaign& campaign) {
        std::vector<bool> is_child(campaign.members.size());
        for (const MemberLink& link : campaign.links) is_child[link.child] = true;
        const auto head = std::ranges::find(is_child, false);
        campaign.head = head == is_child.end()
                            ? 0
                            : static_cast<std::size_t>(std::distance(is_child.begin(), head));
        std::ranges::sort(campaign.links, {}, [](const MemberLink& link) {
            return std::tuple(link.second, link.parent, link.child, link.is_assumed);
        });
    }

    std::span<const NodeLink> links_;
    std::span<const ActorIndex::Actor> actors_;
    std::span<const NodePlace> places_;
    std::vector<Place> campaign_of_;   ///< by node
    std::vector<std::size_t> linked_;  ///< by node: the number of principals that all links connect
    std::vector<Campaign> campaigns_;
};

}  // namespace

Campaigns find_campaigns(std::span<const CampaignNode> nodes, const MakingIndex& makings,
                         const rules::Catalogue& catalogue, const rules::History& history) {
    LinkFinder finder(nodes, makings, catalogue, history);
    const auto places = shared_places(nodes);
    CampaignBuilder builder(finder, places, nodes.size());
    Campaigns campaigns{.links = {}, .links_to = {}, .all = builder.taken()};
    campaigns.links_to.resize(nodes.size());
    campaigns.links = finder.taken_links_to();
    const auto& actors = finder.actors().all();
    for (std::size_t actor = 0; actor < actors.size(); ++actor) {
        for (const std::size_t node : actors[actor].nodes) {
            campaigns.links_to[node] = &campaigns.links[actor];
        }
    }
    return campaigns;
}

}  // namespace cloudhijack::detect
