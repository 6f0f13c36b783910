#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "partial/fields.hpp"
#include "scan/files.hpp"
#include "scan/scanner.hpp"

namespace cloudhijack::scan {

/// An object that is not a record of any log.
struct UnknownObject {
    std::string file;            ///< its name, as messages show it
    std::uint64_t position = 0;  ///< of its document, in unpacked bytes
    std::string first_keys;

    auto operator<=>(const UnknownObject&) const = default;
};

/// The totals over all files of a scan, or of several.
struct ScanTotals {
    std::uint64_t files = 0;
    std::uint64_t unopened = 0;  ///< files that were not opened, because of their names
    std::uint64_t found = 0;     ///< opened files that were found in folders
    std::uint64_t read = 0;      ///< files among the opened ones
    std::uint64_t unread = 0;  ///< files that should have been read, so not those that are not logs
    std::uint64_t done = 0;    ///< files that were read to the end before the scan was stopped
    std::uint64_t problems = 0;  ///< paths and files that could not be read, or not completely
    std::uint64_t records = 0;
    std::uint64_t unreadable = 0;  ///< records among them
    std::uint64_t relevant = 0;    ///< calls among them that the mode considers
    std::uint64_t failed = 0;      ///< calls among these that failed
    std::uint64_t left_out = 0;    ///< calls that the provider made, and events that repeat calls
    OutsideCalls outside = {};     ///< not in relevant
    std::uint64_t unknown = 0;     ///< objects that are not records
    UnknownObject first_unknown = {};  ///< of these, the first in the first file by name

    [[nodiscard]] bool is_incomplete() const { return done + unopened < files; }

    /// Whether there was an error in the input. A folder of logs also contains digests and
    /// notifications, so unknown objects are an error only if there was no record at all. Nothing
    /// at all is an error, unless there were files that were not opened: opening them would have
    /// changed nothing but the counts of records.
    [[nodiscard]] bool has_error() const {
        return problems > 0 || (unknown > 0 && records == 0) ||
               (read == 0 && unopened == 0 && !is_incomplete());
    }

    /// Adds the totals of other files.
    void add(ScanTotals other);
};

/// The numbers of the totals, which add up.
inline auto numbers_of(ScanTotals& totals) {
    return std::to_array({&totals.files, &totals.unopened, &totals.found, &totals.read,
                          &totals.unread, &totals.done, &totals.problems, &totals.records,
                          &totals.unreadable, &totals.relevant, &totals.failed, &totals.left_out,
                          &totals.unknown});
}

template <class Fields>
void describe(Fields& fields, OutsideCalls& outside) {
    constexpr std::int64_t most = partial::k_most_seconds * 1'000'000;
    fields.number(outside.count, UINT64_MAX);
    fields.number(outside.first, -most, most);
    fields.number(outside.last, -most, most);
}

/// Describes the fields of the totals, for a partial::ItemWriter as well as a partial::ItemReader.
template <class Fields>
void describe(Fields& fields, ScanTotals& totals) {
    for (std::uint64_t* number : numbers_of(totals)) fields.number(*number, UINT64_MAX);
    describe(fields, totals.outside);
    fields.text(totals.first_unknown.file);
    fields.number(totals.first_unknown.position, UINT64_MAX);
    fields.text(totals.first_unknown.first_keys);
}

/// Paths without an outcome.
struct UnlistedPaths {
    std::size_t unopened = 0;  ///< files that were not opened, see ScanTotals
    std::size_t problems = 0;  ///< paths that did not lead to files
};

ScanTotals totals_of(std::span<const File> files, std::span<const FileOutcome> outcomes,
                     const UnlistedPaths& others);

}  // namespace cloudhijack::scan
