#pragma once

#include <span>
#include <string>
#include <vector>

#include "scan/files.hpp"
#include "scan/scanner.hpp"
#include "scan/totals.hpp"

namespace cloudhijack::scan {

/// What is wrong with a file, one message for each problem; empty if nothing is. A file of another
/// kind that was found in a folder has a message, too, but nothing is wrong with it.
std::vector<std::string> problems_of(const File& file, const FileOutcome& outcome);

/// Reports the objects in all files that are not records of any log; empty if there are none.
std::string unknown_objects(const ScanTotals& totals);

/// The files that a stopped scan was reading, and how far it got. `why` says what stopped it, and
/// `bytes` is the number of bytes read.
std::vector<std::string> unfinished_files(std::span<const File> files,
                                          std::span<const FileOutcome> outcomes,
                                          const std::string& why, std::uint64_t bytes);

/// Says that nothing was read, if that is so. Problems with files that the user named have been
/// reported; the text is empty if there is nothing to add to them.
std::string nothing_read(const ScanTotals& totals, const TimeRange& range);

/// The size of all files; 0 if it is unknown.
std::uint64_t size_of(std::span<const File> files);

/// Says that there was not enough memory. `limit` is that of --memory-limit in bytes, 0 if there is
/// none, and `remedy` another way to need less memory.
std::string out_of_memory(std::uint64_t limit, std::string_view remedy);

}  // namespace cloudhijack::scan
