#pragma once

#include <cstdint>
#include <string_view>

namespace cloudhijack::simd {

/// What a fast routine may use of the processor. Every level gives the same results.
enum class Cpu : std::uint8_t {
    plain,  ///< nothing but C++
    avx2,   ///< with BMI, POPCNT and PCLMULQDQ, x86-64
};

/// `CLOUDHIJACK_CPU` in the environment: `plain`, `sse4.2`, `avx2` or `avx512` asks for no more
/// than that, so that tests can compare whole runs. Empty where it is not set.
std::string_view wanted_cpu();

/// The best that this machine can do, and wanted_cpu() allows.
Cpu best_cpu();

}  // namespace cloudhijack::simd
