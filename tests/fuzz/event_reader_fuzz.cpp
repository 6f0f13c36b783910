// Any bytes as a record: the event reader and its simple twin agree.

#include <cstddef>
#include <cstdint>
#include <string>

#include "log/event_differential.hpp"
#include "must.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string record(reinterpret_cast<const char*>(data), size);
    const std::string difference = cloudhijack::log::event_difference(record);
    cloudhijack::must(difference.empty(), difference);
    return 0;
}
