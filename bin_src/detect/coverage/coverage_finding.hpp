#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "detect/row.hpp"
#include "log/log.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

struct IsLowerLogId {
    bool operator()(const log::Log* a, const log::Log* b) const { return a->id < b->id; }
};

/// Some of the logs that the program knows, by pointers that are always valid.
using LogsById = std::set<const log::Log*, IsLowerLogId>;

/// The events of a service in an account and region: one row of mode=coverage.
struct CoverageFinding {
    std::string account;
    const rules::Service* service = nullptr;  ///< null in the one row for no event at all
    std::string region;                       ///< empty if the account has no event of the service
    std::uint64_t management = 0;             ///< management events, counted per delivery
    std::uint64_t data = 0;                   ///< data events, counted per delivery
    /// Whether the row has no data events because it has no region, while other rows of the account
    /// and service have some.
    bool has_data_elsewhere = false;
    std::optional<std::int64_t> first;  ///< seconds since 1970
    std::optional<std::int64_t> last;
    /// The call that stopped logging, if no event of the account follows it.
    std::string_view ended_by;
    /// The logs with the events. If there are no events, the account's logs that can show the
    /// service's use.
    LogsById logs = {};
};

/// The service's label, and the description of what its logs never show; empty without a service.
std::string label_of(const CoverageFinding& finding);
std::string never_logged(const CoverageFinding& finding);

/// What the events do not show but others could; can be empty.
std::string not_seen(const CoverageFinding& finding);

/// `CloudTrail: regions without a trail`: for each of a finding's logs, what it can never show.
std::vector<std::string> never_shown(const CoverageFinding& finding);

/// The columns of mode=coverage.
std::span<const Column> coverage_columns();

Row to_row(const CoverageFinding& finding);

}  // namespace cloudhijack::detect
