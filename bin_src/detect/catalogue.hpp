#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cloudhijack::detect {

/// The largest threshold that can be set: ten times it still fits a count.
inline constexpr std::uint64_t k_largest_threshold = 1'000'000'000;

/// A cloud service that is hijacked to be used at the victim's cost.
struct Service {
    std::string_view id;     ///< as options name it: `ses`
    std::string_view label;  ///< as rows show it: `AWS SES`
    std::string_view category;
    std::uint64_t threshold;                         ///< calls in a span that a row needs more of
    std::string_view source;                         ///< the event source of its calls
    std::span<const std::string_view> volume_calls;  ///< event names that mode=volume counts
};

/// The services of the search that the command replaces (ATT&CK T1496.004).
std::span<const Service> services();

/// The index in services() of the service that a call is counted for; nullopt where none is. Source
/// and name must both match, exactly.
std::optional<std::size_t> find_volume_service(std::string_view source, std::string_view name);

}  // namespace cloudhijack::detect
