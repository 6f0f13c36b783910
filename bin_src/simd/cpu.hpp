#pragma once

#include <cstdint>
#include <string_view>

namespace cloudhijack::simd {

/// The instruction sets that a fast routine may use. Every level gives the same results.
enum class Cpu : std::uint8_t {
    plain,  ///< portable C++ only
    avx2,   ///< AVX2 with BMI1, BMI2, POPCNT and PCLMULQDQ (x86-64)
};

/// The environment variable `CLOUDHIJACK_CPU`: `plain`, `sse4.2`, `avx2` or `avx512` limits the
/// program to that level, so that tests can compare whole runs. Empty if it is not set.
std::string_view wanted_cpu();

/// The best level that this machine supports and wanted_cpu() allows.
Cpu best_cpu();

}  // namespace cloudhijack::simd
