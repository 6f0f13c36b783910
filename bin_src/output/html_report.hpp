#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "config/options.hpp"
#include "config/setup.hpp"
#include "detect/activity.hpp"
#include "output/answer.hpp"

namespace cloudhijack::output {

/// How an answer came about, for its report.
struct ReportFacts {
    std::string command;  ///< the command line, as a shell would read it
    std::uint64_t files = 0;
    std::uint64_t unread = 0;    ///< files among them that should have been read
    std::uint64_t unopened = 0;  ///< files among them whose names show that they are out of range
    std::uint64_t records = 0;
    bool is_incomplete = false;         ///< it was stopped before everything was read
    std::string range;                  ///< the time range in words; empty if there is none
    std::vector<std::string> problems;  ///< messages about files that were skipped or damaged
    std::vector<std::string> notes;     ///< notes and warnings about the answer
};

/// The most findings that a report shows; fewer if the page becomes too large.
inline constexpr std::size_t k_most_reported = 500;
inline constexpr std::size_t k_largest_findings_part = std::size_t{8} * 1024 * 1024;  ///< bytes

/// The answer of any mode but baseline as one page of HTML that needs nothing else: no script, and
/// nothing is loaded. The same input gives the same bytes.
std::string to_html(const Findings& findings, const Answer& answer,
                    const detect::Activity& activity, const config::Setup& setup,
                    const config::Config& config, const ReportFacts& facts);

}  // namespace cloudhijack::output
