#pragma once

#include <cstdint>

namespace cloudhijack {

/// What a fast routine may use of the processor. Every level gives the same results.
enum class Cpu : std::uint8_t {
    plain,  ///< nothing but C++
    avx2,   ///< with BMI, POPCNT and PCLMULQDQ, x86-64
};

/// The best that this machine can do; `CLOUDHIJACK_CPU=plain` in the environment asks for less, so
/// that tests can compare whole runs.
Cpu cpu_at_hand();

}  // namespace cloudhijack
