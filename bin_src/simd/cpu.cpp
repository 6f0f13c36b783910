#include "simd/cpu.hpp"

#include <cstdlib>

namespace cloudhijack::simd {
namespace {

Cpu detect_cpu() {
    if (wanted_cpu() == "plain" || wanted_cpu() == "sse4.2") return Cpu::plain;
#if defined(__x86_64__)
    const bool has_all =
        __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi") != 0 &&
        __builtin_cpu_supports("bmi2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
        __builtin_cpu_supports("popcnt") != 0;
    if (has_all) return Cpu::avx2;
#endif
    return Cpu::plain;
}

}  // namespace

std::string_view wanted_cpu() {
    const char* wanted = std::getenv("CLOUDHIJACK_CPU");  // NOLINT(concurrency-mt-unsafe)
    return wanted != nullptr ? wanted : std::string_view{};
}

Cpu best_cpu() {
    static const Cpu cpu = detect_cpu();
    return cpu;
}

}  // namespace cloudhijack::simd
