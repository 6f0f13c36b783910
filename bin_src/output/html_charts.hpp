#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/hunt/hunt_overview.hpp"
#include "output/html.hpp"
#include "rules/phase.hpp"

namespace cloudhijack::output {

// Charts as inline SVG. Positions in time are percentages, so that a chart fills the width that the
// page gives it, and its texts and shapes keep their size.

/// A principal or campaign in the timeline of phases.
struct PhaseLane {
    std::string target;  ///< the fragment of the finding: `#finding-1`
    std::string name;
    std::string severity;
    std::uint64_t risk = 0;
    std::vector<detect::PhaseCalls> phases;
};

/// The shapes that charts use; once per page, before the first chart.
void write_chart_shapes(Html& html);

/// The axis of time of a chart; nothing for a screen reader, because the text of the chart has the
/// times.
void write_time_axis(Html& html, const detect::TimeSteps& steps);

/// Says which shape means which phase, for the given phases.
void write_phase_legend(Html& html, const std::set<rules::Phase>& phases);

/// One lane below the other, with an axis above and below.
void write_phase_lanes(Html& html, const detect::TimeSteps& steps,
                       std::span<const PhaseLane> lanes);

/// The phases of a single finding, with an axis.
void write_phase_chart(Html& html, const detect::TimeSteps& steps,
                       std::span<const detect::PhaseCalls> phases);

/// `recon: 4 calls from 2024-03-05 01:54:01 to 2024-03-05 01:57:39`, for each phase: the content of
/// a chart in words.
std::vector<std::string> phases_in_words(std::span<const detect::PhaseCalls> phases);

/// The parts that bars have: all of them, or the calls of the findings alone.
enum class BarParts : std::uint8_t { all, findings };

/// Stacked bars, one for each step of time, with a legend. There must be at least one call.
void write_bars(Html& html, const detect::TimeSteps& steps,
                std::span<const detect::CallsOfStep> counts, BarParts parts = BarParts::all);

/// The same as a table of the steps with calls.
void write_bar_table(Html& html, const detect::TimeSteps& steps,
                     std::span<const detect::CallsOfStep> counts, BarParts parts = BarParts::all);

}  // namespace cloudhijack::output
