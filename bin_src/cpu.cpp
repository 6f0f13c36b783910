#include "cpu.hpp"

#include <cstdlib>
#include <string_view>

namespace cloudhijack {
namespace {

Cpu find_out() {
    const char* wanted = std::getenv("CLOUDHIJACK_CPU");  // NOLINT(concurrency-mt-unsafe)
    if (wanted != nullptr && std::string_view(wanted) == "plain") return Cpu::plain;
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

Cpu cpu_at_hand() {
    static const Cpu cpu = find_out();
    return cpu;
}

}  // namespace cloudhijack
