#pragma once

#include <string_view>

namespace cloudhijack::json {

/// Has simdjson use no more of the processor than a level (see wanted_cpu()) allows, in the whole
/// process. Where the processor has less, or the level is none, simdjson's own choice stays.
void limit_json_kernel(std::string_view cpu);

}  // namespace cloudhijack::json
