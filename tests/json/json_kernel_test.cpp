#include "json/json_kernel.hpp"

#include <doctest/doctest.h>
#include <simdjson.h>

#include <array>
#include <string>
#include <utility>

using namespace cloudhijack;

TEST_CASE("json kernel: what the processor has is taken, and any other level changes nothing") {
    const simdjson::implementation* const own = simdjson::get_active_implementation();
    for (const auto& [cpu, name] : {std::pair{"plain", "fallback"}, std::pair{"sse4.2", "westmere"},
                                    std::pair{"avx2", "haswell"}, std::pair{"avx512", "icelake"}}) {
        const auto* const kernel = simdjson::get_available_implementations()[name];
        const bool is_there = kernel != nullptr && kernel->supported_by_runtime_system();
        simdjson::get_active_implementation() = own;
        json::limit_json_kernel(cpu);
        CAPTURE(cpu);
        CHECK(simdjson::get_active_implementation()->name() == (is_there ? name : own->name()));
    }
    simdjson::get_active_implementation() = own;
    for (const char* other : {"", "sse9", "Plain"}) {
        json::limit_json_kernel(other);
        CHECK(simdjson::get_active_implementation()->name() == own->name());
    }
}
