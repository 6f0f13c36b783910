#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "scan/scanner.hpp"

namespace cloudhijack::scan {

/// The totals over all files of a scan.
struct ScanTotals {
    std::size_t files = 0;
    std::size_t unopened = 0;  ///< files that were not opened, because of their names
    std::size_t read = 0;      ///< files among them
    std::size_t unread = 0;    ///< files that should have been read, so not those that are not logs
    std::size_t done = 0;      ///< files that were read to the end before the scan was stopped
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;  ///< records among them
    std::uint64_t relevant = 0;    ///< calls among them that the mode considers
    std::uint64_t failed = 0;      ///< calls among these that failed
    std::uint64_t left_out = 0;    ///< calls that the provider made, and events that repeat calls
    OutsideCalls outside;          ///< not in relevant
    std::uint64_t unknown = 0;     ///< objects that are not records

    [[nodiscard]] bool is_incomplete() const { return done + unopened < files; }
};

/// `unopened` is the number of files without an outcome, see ScanTotals.
ScanTotals totals_of(std::span<const FileOutcome> outcomes, std::size_t unopened = 0);

}  // namespace cloudhijack::scan
