#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "log/event.hpp"

namespace cloudhijack::log {

/// How a call ended.
enum class Outcome : std::uint8_t {
    ok,
    denied,
    probe,  ///< refused for its parameters, as key checkers provoke it: it proves access at no cost
    failed  ///< in any other way
};

/// As rows show them, in the order of the enumerators.
inline constexpr std::array<std::string_view, 4> k_outcome_names = {"ok", "denied", "probe",
                                                                    "failed"};

Outcome outcome_of(const Event& event);

}  // namespace cloudhijack::log
