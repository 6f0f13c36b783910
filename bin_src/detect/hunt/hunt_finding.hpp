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

/// A list as a row shows it: at most the first 100 values, and how many there are.
struct ShownList {
    std::vector<std::string> values;
    std::uint64_t size = 0;
    bool is_estimated = false;

    [[nodiscard]] bool is_cut() const { return values.size() < size; }
};

/// A principal that behaves like a hijacker, or several that act together: one row of mode=hunt. It
/// holds all it needs.
struct HuntFinding {
    std::int64_t first_evidence = 0;  ///< seconds since 1970, as all times here
    log::Principal principal;         ///< of several the one that was there before the others
    std::uint64_t risk_score = 0;
    std::string_view severity;
    std::vector<std::string> services;
    std::vector<std::string> phases;
    std::vector<std::string> evidence;  ///< ids
    std::vector<std::string> reasons;   ///< one for each evidence
    std::uint64_t use_count = 0;
    std::uint64_t message_count = 0;
    std::uint64_t failed_count = 0;
    std::uint64_t peak_per_hour = 0;
    PerTrait<ShownList> traits;
    std::int64_t first_event = 0;
    std::int64_t last_event = 0;
    std::vector<std::string> timeline;
    bool is_timeline_cut = false;  ///< of a campaign
    std::vector<std::string> event_ids;
    std::size_t group_count = 0;    ///< groups with evidence, without the markers
    bool is_history_known = false;  ///< the baseline knew the account by then
    bool counts_are_sums = false;   ///< beyond what is counted call by call
    bool subjects_are_cut = false;  ///< evidence about more subjects than are kept
    /// All who acted together, in order; of one who acts alone itself.
    std::vector<log::Principal> members;
    std::uint64_t member_count = 0;  ///< more than there are members where these are too many
    rules::SpendSum spent;
    std::optional<rules::Cost> cost;  ///< of what has a price; nullopt: nothing has
    bool is_cost_partial = false;     ///< tokens of some models have no price
    std::vector<std::string> links;
    bool are_links_cut = false;
};

/// The rows of mode=hunt, and what the allowlist changed.
struct HuntFindings {
    std::vector<HuntFinding> rows;
    std::uint64_t allowed_rows = 0;   ///< rows that there would be without it
    std::uint64_t lessened_rows = 0;  ///< rows that would weigh more, or hold more evidence

    /// Puts the rows in their order: risk descending, then first event, account and principal
    /// ascending.
    void sort();
};

/// By Enterprise Security's bands.
std::string_view severity_of(std::uint64_t risk_score);

/// Weighs the behaviour of a campaign's members; nullopt where it does not make a row.
std::optional<HuntFinding> assess(const Behaviour& behaviour, const Campaign& campaign,
                                  const rules::HuntRules& rules);

}  // namespace cloudhijack::detect
