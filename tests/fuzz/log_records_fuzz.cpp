// Any bytes as a record of each log: the reader agrees with a simple reader on the fields in the
// log's table, and the call that the log derives from them is consistent.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "log/log_differential.hpp"
#include "log/log_set.hpp"
#include "must.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view record(reinterpret_cast<const char*>(data), size);
    for (const auto& member : cloudhijack::log::all_logs().members()) {
        const auto difference = cloudhijack::log::log_difference(*member.log, record);
        cloudhijack::must(difference.empty(), difference);
    }
    return 0;
}
