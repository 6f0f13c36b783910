#include "json/json_kernel.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace cloudhijack::json {
namespace {

struct Kernel {
    std::string_view cpu;
    std::string_view name;  ///< as simdjson calls it
};

constexpr std::array k_kernels = {
    Kernel{.cpu = "plain", .name = "fallback"}, Kernel{.cpu = "sse4.2", .name = "westmere"},
    Kernel{.cpu = "avx2", .name = "haswell"}, Kernel{.cpu = "avx512", .name = "icelake"}};

}  // namespace

void limit_json_kernel(std::string_view cpu) {
    const auto* const wanted = std::ranges::find(k_kernels, cpu, &Kernel::cpu);
    if (wanted == k_kernels.end()) return;
    const auto* const kernel = simdjson::get_available_implementations()[std::string(wanted->name)];
    if (kernel == nullptr || !kernel->supported_by_runtime_system()) return;
    simdjson::get_active_implementation() = kernel;
}

}  // namespace cloudhijack::json
