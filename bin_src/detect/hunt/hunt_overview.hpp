#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "log/principal.hpp"
#include "rules/phase.hpp"

namespace cloudhijack::detect {

/// Equal steps of time, for a chart. All times are seconds since 1970.
struct TimeSteps {
    std::int64_t start = 0;  ///< a multiple of the step
    std::int64_t step = 3600;
    std::size_t count = 0;

    /// The index of the step with a second; nullopt if it lies outside.
    [[nodiscard]] std::optional<std::size_t> index_of(std::int64_t second) const {
        if (second < start) return std::nullopt;
        const auto index = static_cast<std::size_t>((second - start) / step);
        return index < count ? std::optional(index) : std::nullopt;
    }
    [[nodiscard]] std::int64_t start_of(std::size_t index) const {
        return start + static_cast<std::int64_t>(index) * step;
    }
};

/// The calls to one service in one account.
struct ServiceInAccount {
    std::string account;
    std::size_t service = 0;           ///< index in the catalogue's services
    std::vector<std::string> regions;  ///< in byte order
    std::uint64_t calls = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
    bool has_data_events = false;
};

/// The calls that a HuntActivity has counted. A call that the catalogue names for two services
/// counts for both.
struct HuntOverview {
    std::vector<ServiceInAccount> services;  ///< in order of account and service
    std::int64_t first = 0;                  ///< of all calls, like `last`; 0 if there are none
    std::int64_t last = 0;
};

/// The calls within one step of time, by outcome.
struct CallsOfStep {
    std::uint64_t found_uses = 0;  ///< successful use by principals of findings
    std::uint64_t uses = 0;        ///< successful use by other principals
    std::uint64_t others = 0;      ///< other calls that succeeded, by anyone
    std::uint64_t failed = 0;      ///< calls that were refused or failed, in any phase, by anyone

    [[nodiscard]] std::uint64_t all() const { return found_uses + uses + others + failed; }
};

/// The calls of one phase within one step of time.
struct PhaseCalls {
    rules::Phase phase{};
    std::size_t step = 0;  ///< index of the step
    std::uint64_t calls = 0;
    std::uint64_t failed = 0;  ///< calls among these
    std::int64_t first = 0;    ///< the second of the first call
    std::int64_t last = 0;
};

/// Asks for the phases of some principals, such as a finding's members.
struct PhaseRequest {
    std::span<const log::Principal> principals;
    TimeSteps steps;
};

}  // namespace cloudhijack::detect
