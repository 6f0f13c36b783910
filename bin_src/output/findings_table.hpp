#pragma once

#include <span>
#include <string>

#include "detect/coverage/coverage_finding.hpp"
#include "detect/hunt/hunt_finding.hpp"
#include "detect/volume/volume_finding.hpp"
#include "output/answer.hpp"
#include "output/terminal_table.hpp"

namespace cloudhijack::output {

/// A table for people: one line per finding, with its reasons below.
std::string to_table(std::span<const detect::VolumeFinding> findings, TableStyle style);

/// The same for principals, with their reasons and timeline below.
std::string to_table(std::span<const detect::HuntFinding> findings, TableStyle style);

/// The same for the coverage of services, with what is missing below.
std::string to_table(std::span<const detect::CoverageFinding> findings, TableStyle style);

/// The same for the findings of any mode; empty for a baseline, which is a file and not meant for
/// people.
std::string findings_table(const Findings& findings, TableStyle style);

}  // namespace cloudhijack::output
