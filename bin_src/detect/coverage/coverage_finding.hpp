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

/// Some of the logs that the program knows. They outlive it.
using LogsById = std::set<const log::Log*, IsLowerLogId>;

/// What was seen of a service: one row of mode=coverage.
struct CoverageFinding {
    std::string account;
    const rules::Service* service = nullptr;  ///< null in the one row for no event at all
    std::string region;            ///< empty where nothing was seen of the service in the account
    std::uint64_t management = 0;  ///< management events, as they were delivered
    std::uint64_t data = 0;        ///< data events
    /// Whether it has no data events because it is no region, and others of the account have some.
    bool has_data_elsewhere = false;
    std::optional<std::int64_t> first;  ///< seconds since 1970
    std::optional<std::int64_t> last;
    /// The call that ended what is recorded, if no event of the account follows it.
    std::string_view ended_by;
    /// The logs that had the events. If there are none, those logs of the account that can show the
    /// service's use.
    LogsById logs = {};
};

/// The service's label, and what its logs never show; empty without a service.
std::string label_of(const CoverageFinding& finding);
std::string never_logged(const CoverageFinding& finding);

/// What the events leave open, and others could show; can be empty.
std::string not_seen(const CoverageFinding& finding);

/// `CloudTrail: regions without a trail`: what each of a finding's logs can never show.
std::vector<std::string> never_shown(const CoverageFinding& finding);

/// The columns of mode=coverage.
std::span<const Column> coverage_columns();

Row to_row(const CoverageFinding& finding);

}  // namespace cloudhijack::detect
