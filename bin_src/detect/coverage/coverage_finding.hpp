#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "detect/row.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// What was seen of a service: one row of mode=coverage.
struct CoverageFinding {
    std::string account;
    const rules::Service* service = nullptr;
    std::string region;            ///< empty where nothing was seen of the service in the account
    std::uint64_t management = 0;  ///< management events, as they were delivered
    std::uint64_t data = 0;        ///< data events
    std::optional<std::int64_t> first;  ///< seconds since 1970
    std::optional<std::int64_t> last;
    /// The call that ended what is recorded, if no event of the account follows it.
    std::string_view ended_by;
};

/// What the events leave open, and others could show; can be empty.
std::string not_seen(const CoverageFinding& finding);

/// The columns of mode=coverage.
std::span<const Column> coverage_columns();

Row to_row(const CoverageFinding& finding);

}  // namespace cloudhijack::detect
