#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace cloudhijack::search {

/// The exit code for Splunk of a search that could not be answered.
inline constexpr int k_search_failed = 1;

/// How a search is confined: it gives up the rights that it no longer needs, once its configuration
/// and lookup files have been read and before a byte of an event is. Empty functions do nothing.
struct Confinement {
    /// The bytes of address space that an admin allows, for messages; 0 if there is no limit.
    std::uint64_t memory_limit = 0;
    /// Waits until bytes of the next request can be read; false if the input has ended.
    std::function<bool()> await_request = {};
    /// Gives up the rights. Returns a note for the user, which is empty if nothing is missing.
    std::function<std::string()> enter = {};
};

/// The confinement of a process that answers one search on its standard input, within a limit of
/// memory from now on. A refused system call ends it, with an error reply if no other reply is half
/// written.
Confinement confine_process(std::uint64_t memory_limit);

}  // namespace cloudhijack::search
