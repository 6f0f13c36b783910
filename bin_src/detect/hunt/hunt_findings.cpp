// From the data of mode=hunt to its rows: which principals act together, and how their behaviour
// scores.

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "detect/hunt/campaign/campaigns.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/hunt/uncovered_behaviours.hpp"

namespace cloudhijack::detect {
namespace {

/// Scores principals once all of them are known.
class HuntJudge {
  public:
    HuntJudge(const rules::Catalogue& catalogue, const counting::Interner& labels,
              const rules::HuntRules& rules)
        : catalogue_(&catalogue), labels_(&labels), rules_(&rules) {}

    /// Principals must be added in their order.
    void add(const log::Principal& principal, const PrincipalActivity& activity) {
        CampaignNode node;
        node.part.principal = &principal;
        node.part.activity = &activity;
        node.part.exceptions = rules_->allowlist->of(principal.name);
        node.first_second = activity.first_second();
        has_exceptions_ = has_exceptions_ || !node.part.exceptions.empty();
        if (may_have_ties(*rules_, node.part)) {
            node.ties = ties_of(*catalogue_, Member(*catalogue_, *rules_, 0, node.part));
            for (const MakingCall& making : node.ties.makings) {
                makings_.add(principal.account, making);
            }
        }
        nodes_.push_back(std::move(node));
    }

    [[nodiscard]] HuntFindings findings() {
        HuntFindings findings;
        if (!has_exceptions_) {
            findings.rows =
                rows_of(nodes_, campaigns_of(nodes_), [](const Campaign&) { return true; });
            return findings;
        }
        const std::vector<CampaignNode> left = without_covered_nodes();
        findings.rows = rows_of(left, campaigns_of(left), [](const Campaign&) { return true; });
        count_allowed(findings);
        return findings;
    }

  private:
    [[nodiscard]] Campaigns campaigns_of(const std::vector<CampaignNode>& nodes) const {
        return find_campaigns(nodes, makings_, *catalogue_, *rules_->history);
    }

    // The rows of the campaigns for which `wanted(campaign)` is true.
    [[nodiscard]] std::vector<HuntFinding> rows_of(const std::vector<CampaignNode>& nodes,
                                                   const Campaigns& campaigns, auto wanted) const {
        std::vector<HuntFinding> rows;
        std::vector<Member::Basis> parts;
        for (const Campaign& campaign : campaigns.all) {
            if (!wanted(campaign)) continue;
            parts.clear();
            for (const std::size_t node : campaign.members) {
                parts.push_back(nodes[node].part);
                parts.back().links = campaigns.links_to[node];
            }
            const Behaviour behaviour(*catalogue_, *labels_, *rules_, parts, campaign.head);
            if (auto row = assess(behaviour, campaign, *rules_)) rows.push_back(std::move(*row));
        }
        return rows;
    }

    // Calls covered by exceptions for all evidence are removed before principals are linked.
    [[nodiscard]] std::vector<CampaignNode> without_covered_nodes() {
        std::vector<CampaignNode> left;
        for (const CampaignNode& node : nodes_) {
            const auto until =
                covered_until(node.part.exceptions, {}, catalogue_->services().size());
            if (!until) {
                left.push_back(node);
                continue;
            }
            PrincipalActivity activity = without_covered(*node.part.activity, *until);
            if (is_empty(activity)) continue;
            CampaignNode uncovered;
            uncovered.part = node.part;
            uncovered.first_second = activity.first_second();
            uncovered.part.activity = &uncovered_.emplace_back(std::move(activity));
            if (may_have_ties(*rules_, uncovered.part)) {
                const Member member(*catalogue_, *rules_, 0, uncovered.part);
                uncovered.ties = ties_of(*catalogue_, member);
            }
            // The calls still count for evidence rules that the exceptions cover only in part.
            uncovered.part.activity = node.part.activity;
            left.push_back(std::move(uncovered));
        }
        return left;
    }

    // Counts the rows that the allowlist removed, and those whose score it lowered.
    void count_allowed(HuntFindings& findings) const {
        std::vector<CampaignNode> without = nodes_;
        for (CampaignNode& node : without) node.part.exceptions.clear();
        const auto has_exceptions = [this](const Campaign& campaign) {
            return std::ranges::any_of(campaign.members, [this](std::size_t node) {
                return !nodes_[node].part.exceptions.empty();
            });
        };
        std::multimap<log::Principal, const HuntFinding*> rows_by_member;
        for (const HuntFinding& row : findings.rows) {
            for (const log::Principal& member : row.members) rows_by_member.emplace(member, &row);
        }
        for (const HuntFinding& before : rows_of(without, campaigns_of(without), has_exceptions)) {
            bool has_row = false;
            bool is_same = false;
            for (const log::Principal& member : before.members) {
                const auto [begin, end] = rows_by_member.equal_range(member);
                for (auto after = begin; after != end; ++after) {
                    has_row = true;
                    is_same = is_same || (after->second->risk_score == before.risk_score &&
                                          after->second->evidence == before.evidence);
                }
            }
            if (!has_row) ++findings.allowed_rows;
            if (has_row && !is_same) ++findings.lessened_rows;
        }
    }

    const rules::Catalogue* catalogue_;
    const counting::Interner* labels_;
    const rules::HuntRules* rules_;
    MakingIndex makings_;
    std::vector<CampaignNode> nodes_;
    std::deque<PrincipalActivity> uncovered_;
    bool has_exceptions_ = false;
};

}  // namespace

HuntFindings HuntActivity::findings(const rules::HuntRules& rules) const {
    HuntJudge judge(*catalogue_, labels_, rules);
    WholeActivities whole = roles_of_two_names();
    add_attached(whole);
    for_each_principal(whole,
                       [&](const log::Principal& principal, const PrincipalActivity& activity) {
                           judge.add(principal, activity);
                       });
    HuntFindings findings = judge.findings();
    findings.sort();
    return findings;
}

}  // namespace cloudhijack::detect
