#pragma once

#include <functional>
#include <optional>
#include <string>

#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "partial/document.hpp"
#include "result.hpp"
#include "scan/input_overlap.hpp"
#include "scan/state_reader.hpp"
#include "scan/state_writer.hpp"

namespace cloudhijack::scan {

/// Adds states to one activity.
class StateMerger {
  public:
    /// `own` is the header that all states must have, apart from the host, and `first` the name of
    /// the state from which its mode comes. `tell` is called with each message of the states.
    /// `output` can be null; it gets the inputs and messages of all states as they are read. It and
    /// the activity must outlive the merger.
    StateMerger(partial::Header own, std::string first, detect::Activity& activity,
                std::function<void(std::string)> tell, StateWriter* output);

    /// Makes inputs count again if several states have them.
    void allow_overlap() { allows_overlap_ = true; }

    /// Adds the state that follows in the reader, whose header it has returned. The error names the
    /// state; what was added before it must then be discarded.
    Result<> add(StateReader& reader, const partial::Header& header);

    /// The totals over all states.
    [[nodiscard]] const ScanTotals& totals() const { return totals_; }

    /// The range of time that all states have in common; unlimited if they have several.
    [[nodiscard]] TimeRange range() const { return range_.value_or(TimeRange()); }

  private:
    [[nodiscard]] Result<> check(const partial::Header& header, const std::string& state) const;

    partial::Header own_;
    std::string first_;
    detect::Activity* activity_;
    std::function<void(std::string)> tell_;
    StateWriter* output_;
    bool allows_overlap_ = false;
    ScanTotals totals_;
    std::optional<TimeRange> range_;
    InputOverlap overlap_;
};

}  // namespace cloudhijack::scan
