#pragma once

#include <vector>

/// The numbers on aarch64 of the system calls that a search may make, and of those that a scan may
/// make in addition, by the kernel's header and not by the table of the program.
std::vector<int> generic_search_calls();
std::vector<int> generic_scan_calls();
