#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "detect/coverage/coverage_finding.hpp"
#include "detect/mode_activity.hpp"
#include "log/event.hpp"
#include "log/log_set.hpp"
#include "partial/fields.hpp"
#include "result.hpp"
#include "rules/catalogue.hpp"

namespace cloudhijack::detect {

/// The counts of mode=coverage so far: the accounts, services and regions with events of calls in
/// the catalogue, and the logs that had them, regardless of who made the calls and how they ended.
/// The order of the events does not matter.
class CoverageActivity {
  public:
    /// The logs are those from which events can come. They and the catalogue must outlive the
    /// activity and its findings.
    explicit CoverageActivity(const rules::Catalogue& catalogue,
                              const log::LogSet& logs = log::all_logs())
        : catalogue_(&catalogue), logs_(&logs) {}

    /// Counts the event at its own time, or else at its row's time.
    Added add(const log::Event& event);

    void merge(const CoverageActivity& other);
    // In coverage_partial.cpp:
    void write(partial::DocumentWriter& documents) const;
    Result<> take(std::string_view list, partial::ItemReader& item);

    [[nodiscard]] std::size_t size() const { return seen_.size(); }

    /// In order of account, service and region. Each account has each service whose use one of its
    /// logs can show: in the regions with events, or else in one row without a region.
    [[nodiscard]] std::vector<CoverageFinding> findings() const;

  private:
    struct ServiceInRegion {
        std::string account;
        std::size_t service = 0;  ///< index in the catalogue's services
        std::string region;

        auto operator<=>(const ServiceInRegion&) const = default;
    };

    /// A successful call that stops logging; the last one is kept.
    struct Tampering {
        static constexpr std::int64_t k_never = -partial::k_most_seconds;

        std::int64_t second = k_never;
        std::uint16_t call = 0;  ///< see Catalogue::call_name

        auto operator<=>(const Tampering&) const = default;
    };

    struct EventCounts {
        std::uint64_t management = 0;
        std::uint64_t data = 0;
        std::int64_t first = std::numeric_limits<std::int64_t>::max();
        std::int64_t last = std::numeric_limits<std::int64_t>::min();
        Tampering tampering = {};
        LogsById logs = {};

        void add(const EventCounts& other);
    };

    struct SeenAccount {
        std::int64_t last = std::numeric_limits<std::int64_t>::min();  ///< second of the last event
        LogsById logs;
        std::set<std::size_t> services;  ///< those with events
        std::set<std::size_t> services_with_data;
    };

    [[nodiscard]] bool can_show(const log::Log& log, const rules::Service& service) const;
    void add_unseen(const std::string& name, const SeenAccount& account,
                    std::vector<CoverageFinding>& findings) const;

    template <class Fields>
    static void describe(Fields& fields, const rules::Catalogue& catalogue, const log::LogSet& logs,
                         ServiceInRegion& place, EventCounts& seen);

    const rules::Catalogue* catalogue_;
    const log::LogSet* logs_;
    std::map<ServiceInRegion, EventCounts> seen_;
};

}  // namespace cloudhijack::detect
