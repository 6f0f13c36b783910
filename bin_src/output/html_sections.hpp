#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "detect/coverage/coverage_finding.hpp"
#include "detect/hunt/hunt_activity.hpp"
#include "detect/hunt/hunt_finding.hpp"
#include "detect/volume/volume_finding.hpp"
#include "output/answer.hpp"
#include "output/html.hpp"
#include "output/html_report.hpp"

namespace cloudhijack::output {

/// What the sections of a report are made from.
struct ReportSource {
    const Answer* answer = nullptr;  ///< never null, like the others
    const config::Setup* setup = nullptr;
    const config::Config* config = nullptr;
    const ReportFacts* facts = nullptr;
};

/// The sections of a report between its head and its messages, for each mode.
void write_sections(Html& html, const ReportSource& source, const detect::HuntFindings& findings,
                    const detect::HuntActivity& activity);
void write_sections(Html& html, const ReportSource& source, const detect::VolumeFindings& findings);
void write_sections(Html& html, const ReportSource& source,
                    std::span<const detect::CoverageFinding> findings);

/// The part of the summary that all modes have: what was read, and whether all of it was.
void write_read_files(Html& html, const ReportSource& source);

/// The notes on what the answer cannot show; nothing if there are none.
void write_notes(Html& html, const ReportSource& source);

/// What an empty answer does not prove.
void write_no_findings(Html& html, const ReportSource& source);

/// Says how many of the findings follow in full, if not all do.
void write_remainder(Html& html, std::size_t shown, std::size_t all);

/// The table of the services in each account that hunt mode has calls of.
void write_coverage(Html& html, const ReportSource& source, const detect::HuntOverview& overview);

}  // namespace cloudhijack::output
