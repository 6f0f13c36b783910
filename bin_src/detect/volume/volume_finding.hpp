#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/row.hpp"
#include "rules/allowlist.hpp"
#include "rules/catalogue.hpp"
#include "rules/evidence_settings.hpp"
#include "rules/prices.hpp"
#include "text/time.hpp"

namespace cloudhijack::detect {

inline constexpr std::uint64_t k_highest_volume_score = 6;

/// How mode=volume scores the counts. cloudhijack.conf has the defaults.
struct VolumeRules {
    std::chrono::seconds span{};
    std::vector<std::uint64_t> thresholds;  ///< one for each of the catalogue's services, in order
    std::uint64_t min_score = 0;
    rules::Pattern suspicious_names;  ///< never null
    std::shared_ptr<const rules::Prices> prices = std::make_shared<const rules::Prices>();
    /// The activity that the allowlist expects; never null.
    std::shared_ptr<const rules::Allowlist> allowlist = std::make_shared<const rules::Allowlist>();
};

/// The calls of one caller to one service in one region and one span of time. The views point into
/// the activity that it comes from, the service into its catalogue.
struct VolumeGroup {
    text::Time span_start;
    std::size_t service_index = 0;  ///< in the catalogue's services
    const rules::Service* service = nullptr;
    std::string_view caller_arn;
    std::string_view caller_type;
    std::string_view region;
    std::uint64_t event_count = 0;
    rules::SpendSum spent;
    std::optional<rules::Cost> cost;  ///< of the usage that has a price; nullopt: nothing has one
    std::vector<std::string_view> source_addresses;  ///< distinct, in byte order
    text::Time first_event;
    text::Time last_event;
};

/// A group with more calls than its threshold: one row of mode=volume.
struct VolumeFinding {
    VolumeGroup group;
    std::uint64_t threshold = 0;
    std::uint64_t score = 0;
    std::vector<std::string> reasons;  ///< the source of each point of the score
};

/// Successful use of a service by calls that mode=volume does not count.
struct OtherUse {
    const rules::Service* service = nullptr;
    std::uint64_t calls = 0;
    std::vector<std::string> names;  ///< the names of the calls
};

/// The rows of mode=volume, and the effect of the allowlist.
struct VolumeFindings {
    std::vector<VolumeFinding> rows;
    std::vector<OtherUse> other_use = {};  ///< only services with more calls than their threshold
    std::uint64_t allowed_rows = 0;        ///< rows that exist only without it

    /// Sorts the rows by score and count in descending order, then by time and the group's names in
    /// ascending order.
    void sort();
};

/// Scores a group that exceeds a threshold: its service's, or a higher one that the allowlist
/// gives.
VolumeFinding assess(VolumeGroup group, std::uint64_t threshold, const VolumeRules& rules);

/// Whether the result of assess() would have the rules' min_score. It is computed in a fraction of
/// the time.
bool reaches_min_score(const VolumeGroup& group, std::uint64_t threshold, const VolumeRules& rules);

/// The columns of mode=volume: those of the search that it replaces, in its order, followed by
/// additional ones.
std::span<const Column> volume_columns();

Row to_row(const VolumeFinding& finding);

}  // namespace cloudhijack::detect
