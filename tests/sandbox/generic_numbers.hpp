#pragma once

#include <vector>

/// The numbers on aarch64 of the system calls that a search may make, of those that a scan may make
/// in addition, and of those that writing an output file adds, by the kernel's header and not by
/// the table of the program.
std::vector<int> generic_search_calls();
std::vector<int> generic_scan_calls();
std::vector<int> generic_output_calls();
