#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/behaviour.hpp"
#include "detect/hunt/campaign/campaigns.hpp"
#include "detect/hunt/evidence/evidence.hpp"
#include "rules/hunt_rules.hpp"

namespace cloudhijack::detect {

/// A list as a row shows it: at most the first 100 values, and the number of all values.
struct ShownList {
    std::vector<std::string> values;
    std::uint64_t size = 0;
    bool is_estimated = false;

    [[nodiscard]] bool is_cut() const { return values.size() < size; }
};

/// A principal that behaves like a hijacker, or several that act together: one row of mode=hunt. It
/// owns all of its data.
struct HuntFinding {
    std::int64_t first_evidence = 0;  ///< seconds since 1970, like all times here
    log::Principal principal;  ///< of several principals, the first that no other member made
    std::uint64_t risk_score = 0;
    std::string_view severity;
    std::vector<std::string> services;
    std::vector<std::string> phases;
    std::vector<std::string> evidence;  ///< rule ids
    std::vector<std::string> reasons;   ///< one for each rule
    std::uint64_t use_count = 0;
    std::uint64_t message_count = 0;
    std::uint64_t failed_count = 0;
    std::uint64_t peak_per_hour = 0;
    PerTrait<ShownList> traits;
    /// Where the shown source addresses are, as far as the databases know: each value once, in byte
    /// order.
    std::vector<std::string> source_countries;
    std::vector<std::string> source_networks;
    std::string geo_problem;  ///< the first one with a database; usually empty
    std::int64_t first_event = 0;
    std::int64_t last_event = 0;
    std::vector<std::string> timeline;
    bool is_timeline_cut = false;  ///< only set for a campaign
    std::vector<std::string> event_ids;
    std::size_t group_count = 0;    ///< groups with evidence, not counting the markers
    bool is_history_known = false;  ///< the baseline knew the account at that time
    bool counts_are_sums = false;   ///< some hours had more calls than are counted one by one
    bool subjects_are_cut = false;  ///< the calls were about more subjects than are kept
    bool regions_are_cut = false;   ///< some hours had calls in more regions than are kept
    bool are_source_countries_cut = false;  ///< a database has countries, and addresses are missing
    bool are_source_networks_cut = false;
    /// All principals that acted together, in order; a single one if it acts alone.
    std::vector<log::Principal> members;
    /// Larger than the number of members if there were too many to list.
    std::uint64_t member_count = 0;
    rules::SpendSum spent;
    std::optional<rules::Cost> cost;    ///< of the usage that has a price; nullopt: nothing has one
    bool is_cost_partial = false;       ///< tokens of some models have no price
    std::vector<std::string> response;  ///< see response_steps()
    std::vector<std::string> links;
    bool are_links_cut = false;
};

/// The rows of mode=hunt, and the effect of the allowlist.
struct HuntFindings {
    std::vector<HuntFinding> rows;
    std::uint64_t allowed_rows = 0;  ///< rows that exist only without it
    /// Rows that would have a higher score or more evidence without it.
    std::uint64_t lessened_rows = 0;

    /// Sorts the rows by risk in descending order, then by first event, account and principal in
    /// ascending order.
    void sort();
};

/// The severity in the bands of Enterprise Security.
std::string_view severity_of(std::uint64_t risk_score);

/// Scores the behaviour of a campaign's members; nullopt if it does not make a row.
std::optional<HuntFinding> assess(const Behaviour& behaviour, const Campaign& campaign,
                                  const rules::HuntRules& rules);

}  // namespace cloudhijack::detect
