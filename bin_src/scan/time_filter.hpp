#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "detect/mode_activity.hpp"
#include "log/event.hpp"
#include "rules/catalogue.hpp"
#include "scan/time_range.hpp"
#include "text/time.hpp"

namespace cloudhijack::scan {

/// Calls of the catalogue that do not count, because they are outside the time range.
struct OutsideCalls {
    std::uint64_t count = 0;
    std::int64_t first = 0;  ///< time of the earliest, in microseconds since 1970; 0 if count is 0
    std::int64_t last = 0;   ///< time of the latest, likewise

    void add(const OutsideCalls& other) {
        if (other.count == 0) return;
        first = count == 0 ? other.first : std::min(first, other.first);
        last = count == 0 ? other.last : std::max(last, other.last);
        detect::add_to(count, other.count);
    }
};

/// Finds the events that a time range excludes.
class TimeFilter {
  public:
    /// The catalogue must outlive the filter.
    TimeFilter(const rules::Catalogue& catalogue, const TimeRange& range)
        : catalogue_(&catalogue), range_(range) {}

    /// The time of an event that is a call of the catalogue and outside the range; nullopt for any
    /// other event. Whether another event is read depends on its form, so it is never excluded and
    /// the number of excluded calls does not depend on the form. An event without a valid time is
    /// not excluded either: the mode reports it.
    [[nodiscard]] std::optional<text::Time> time_outside(const log::Event& event) const {
        if (catalogue_->find(event).empty()) return std::nullopt;
        const auto own_time = event.time();
        const auto time = own_time ? own_time : event.row_time;
        return time && !range_.contains(*time) ? time : std::nullopt;
    }

  private:
    const rules::Catalogue* catalogue_;
    TimeRange range_;
};

}  // namespace cloudhijack::scan
